import type { JSX } from 'preact';
import { FilmView } from '../films/film-view.tsx';
import type { Go } from '../shell/navigation.ts';
import { type Route, writeRoute } from '../shell/route.ts';
import { FileChooser } from './file-chooser.tsx';
import { ProblemList } from './problem-list.tsx';
import type { Recording } from './recording.ts';
import { RunList } from './run-list.tsx';

type Props = {
  readonly route: Extract<Route, { view: 'journal' }>;
  readonly go: Go;
  readonly recording: Recording | null;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onSay: (text: string) => void;
};

const Invitation = ({ route, onFiles }: Pick<Props, 'route' | 'onFiles'>): JSX.Element => (
  <article class="page">
    <h1>Replay a journal</h1>
    <p class="lead">
      Each store of stagedoor keeps a journal of what happened and why: <code>journal.jsonl</code>, and{' '}
      <code>journal.1.jsonl</code> with what is older. Open one or both, or drop them anywhere on this page.
      Nothing leaves this page.
    </p>
    {route.run === null ? null : (
      <p class="remark">
        This address is about a run of a journal that is not open here. Open the journal to get there.
      </p>
    )}
    <FileChooser onFiles={onFiles} label="Open a journal …" />
  </article>
);

/** A recorded journal: a film of each run, and what could not be read. */
export const JournalView = ({ route, go, recording, onFiles, onSay }: Props): JSX.Element => {
  if (recording === null) return <Invitation route={route} onFiles={onFiles} />;
  const { films, problems, name } = recording;
  const film = films.find(({ id }) => id === route.run) ?? films.at(-1);
  const at = film?.id === route.run ? route.at : 1;
  return (
    <div class="recording">
      <div class="bar">
        <p>
          <b>{name}</b>
        </p>
        <FileChooser onFiles={onFiles} label="Open another …" />
        <RunList
          films={films}
          shown={film?.id ?? null}
          hrefOf={({ id }) => writeRoute({ view: 'journal', run: id, at: 1 })}
        />
      </div>
      <ProblemList problems={problems} readable={films.length > 0} />
      {film === undefined ? (
        <article class="page">
          <h1>There is no run to show</h1>
          <p class="lead">
            A journal is the file <code>journal.jsonl</code> in the store of stagedoor: one JSON object a
            line.
          </p>
        </article>
      ) : (
        <FilmView
          key={film.id}
          film={film}
          at={at - 1}
          onAt={to => go({ view: 'journal', run: film.id, at: to + 1 }, 'step')}
          onSay={onSay}
        />
      )}
    </div>
  );
};
