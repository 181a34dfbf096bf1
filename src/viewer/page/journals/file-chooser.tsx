import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

type Props = { readonly onFiles: (files: readonly File[]) => void; readonly label: string };

/** One file of a journal or both. */
export const FileChooser = ({ onFiles, label }: Props): JSX.Element => (
  <label class="chooser">
    <span>{label}</span>
    <input
      type="file"
      multiple
      aria-label="Open a journal"
      onChange={event => {
        const chosen = [...(event.currentTarget.files ?? [])];
        if (chosen.length > 0) onFiles(chosen);
        // The same file may be chosen again after it was changed.
        event.currentTarget.value = '';
      }}
    />
  </label>
);

/** Files may be dropped anywhere. Gives back whether some are held over the page. */
export const useDrop = (onFiles: (files: readonly File[]) => void): boolean => {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hold = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      const dropped = [...(event.dataTransfer?.files ?? [])];
      if (dropped.length > 0) onFiles(dropped);
    };
    addEventListener('dragover', hold);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', hold);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [onFiles]);
  return over;
};
