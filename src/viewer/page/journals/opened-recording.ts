import { useCallback, useRef, useState } from 'preact/hooks';
import type { JournalFile } from '../../../film/journal-film.ts';
import { openFiles, type Recording, recordingOf } from './recording.ts';

export type OpenedRecording = {
  /** Null: none was opened yet. */
  readonly recording: Recording | null;
  readonly isReading: boolean;
  /** Files that a user has chosen or dropped. */
  readonly open: (files: readonly File[]) => void;
  /** What the server gives with the page. */
  readonly take: (files: readonly JournalFile[]) => void;
};

/** The journal that is open; of two that are read at once the later one stays. */
export const useRecording = (onOpened: (recording: Recording) => void): OpenedRecording => {
  const [recording, setRecording] = useState<Recording | null>(null);
  const [isReading, setReading] = useState(false);
  const newest = useRef(0);
  const told = useRef(onOpened);
  told.current = onOpened;

  const read = async (work: Promise<Recording>): Promise<Recording | null> => {
    newest.current += 1;
    const turn = newest.current;
    setReading(true);
    const result = await work;
    if (turn !== newest.current) return null;
    setReading(false);
    setRecording(result);
    return result;
  };
  const open = useCallback((files: readonly File[]): void => {
    void read(openFiles(files)).then(result => {
      if (result !== null) told.current(result);
    });
  }, []);
  const take = useCallback((files: readonly JournalFile[]): void => {
    void read(recordingOf(files));
  }, []);
  return { recording, isReading, open, take };
};
