import type { JSX } from 'preact';
import { type Branch, type Choice, type ChoiceGroup, groupTitles } from './choices.ts';

type Props = { readonly groups: readonly ChoiceGroup[]; readonly onTake: (choice: Choice) => void };

const branchWords = ({ guard, to, description }: Branch): string =>
  `${guard === null ? 'otherwise' : `[${guard}]`} → ${to ?? 'stays'}${description === '' ? '' : `: ${description}`}`;

const guardsOf = (branches: readonly Branch[]): string =>
  branches.flatMap(({ guard }) => (guard === null ? [] : [`[${guard}]`])).join(', ');

/** Where it leads and why; or why it does not. */
const outcomeOf = ({ leads }: Choice, branches: readonly Branch[]): string => {
  if (leads === null) return `not now: ${guardsOf(branches)} does not hold`;
  const guard = leads.guard === null ? '' : ` [${leads.guard}]`;
  return `${leads.way.length === 0 ? 'stays' : `→ ${leads.way.join(' → ')}`}${guard}`;
};

const ChoiceButton = ({ group, choice, onTake }: ChoiceProps): JSX.Element => (
  <button
    type="button"
    class="choice"
    aria-disabled={choice.leads === null}
    onClick={() => (choice.leads === null ? undefined : onTake(choice))}
  >
    <span class="hidden">{group.text} </span>
    {choice.says === '' ? null : <b>{choice.says} </b>}
    <small>{outcomeOf(choice, group.branches)}</small>
  </button>
);
type ChoiceProps = {
  readonly group: ChoiceGroup;
  readonly choice: Choice;
  readonly onTake: (choice: Choice) => void;
};

const Group = ({ group, onTake }: { group: ChoiceGroup; onTake: Props['onTake'] }): JSX.Element => {
  const asked = group.branches.length > 1 || group.branches.some(({ guard }) => guard !== null);
  return (
    <li>
      <p class={`happening ${group.kind}`}>
        {group.text} <small>{groupTitles[group.kind].toLowerCase()}</small>
      </p>
      {group.choices.map(choice => (
        <ChoiceButton key={choice.id} group={group} choice={choice} onTake={onTake} />
      ))}
      {asked ? (
        <details>
          <summary>Asked in this order</summary>
          <ol>
            {group.branches.map((branch, at) => (
              <li key={`${at} ${branchWords(branch)}`}>{branchWords(branch)}</li>
            ))}
          </ol>
        </details>
      ) : null}
    </li>
  );
};

/** What can happen now. Outcomes of effects are samples: one for each way through the guards. */
export const ChoiceList = ({ groups, onTake }: Props): JSX.Element => (
  <ul class="choices">
    {groups.map(group => (
      <Group key={group.type} group={group} onTake={onTake} />
    ))}
  </ul>
);
