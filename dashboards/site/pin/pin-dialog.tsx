import type { BadgeReader } from '../../../edge/api/contract.ts';
import { Dialog } from '../../kit/dialog.tsx';
import { pinWanted } from '../session.ts';
import { SignIn } from './sign-in.tsx';

/** Asks for the PIN where something waits for it. Once, at the end of the page. */
export function PinDialog(props: {
  people: readonly string[];
  readers?: readonly BadgeReader[] | undefined;
}) {
  const { people, readers } = props;
  const wanted = pinWanted.value;
  if (wanted === undefined) return null;
  return (
    <Dialog
      key={wanted.purpose}
      title={wanted.purpose}
      onClose={() => {
        // Signed in, it has made room for the next already.
        if (pinWanted.value === wanted) pinWanted.value = undefined;
      }}
    >
      <SignIn
        people={people}
        {...(readers === undefined ? {} : { readers })}
        mayType={people.length === 0}
        onDone={() => {
          pinWanted.value = undefined;
          wanted.run();
        }}
      />
    </Dialog>
  );
}
