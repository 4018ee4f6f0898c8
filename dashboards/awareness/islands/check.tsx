import { useSignal } from '@preact/signals';
import type { CheckedCertificate } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { TextField } from '../../kit/field.tsx';
import { checkCertificate } from './learn-requests.ts';
import { plain, T, tag } from './words.tsx';

/** Whether a certificate's number is genuine. The number may stand behind the `#`, as the code on it has it. */
export function Check() {
  const number = useSignal(decodeURIComponent(location.hash.slice(1)).slice(0, 80));
  const name = useSignal('');
  const found = useSignal<CheckedCertificate | 'away' | undefined>(undefined);
  const check = () => {
    checkCertificate(number.value.trim(), name.value.trim()).then(
      (answer) => {
        found.value = answer;
      },
      () => {
        found.value = 'away';
      },
    );
  };
  return (
    <form
      class="panel form"
      onSubmit={(submit) => {
        submit.preventDefault();
        if (number.value.trim() !== '') check();
      }}
    >
      <TextField
        label={plain('check.number')}
        value={number.value}
        onInput={(value) => {
          number.value = value;
        }}
      />
      <TextField
        label={plain('check.name')}
        value={name.value}
        onInput={(value) => {
          name.value = value;
        }}
      />
      <Button look="primary" type="submit" disabled={number.value.trim() === ''}>
        <T k="check.go" />
      </Button>
      <div role="status">{found.value === undefined ? null : <Found found={found.value} />}</div>
    </form>
  );
}

function Found({ found }: { found: CheckedCertificate | 'away' }) {
  if (found === 'away')
    return (
      <p class="verdict verdict-wrong">
        <T k="error.away" />
      </p>
    );
  const { course, at, share } = found;
  if (!found.valid || course === undefined || at === undefined || share === undefined)
    return (
      <p class="verdict verdict-wrong">
        <T k="check.invalid" />
      </p>
    );
  const day = new Intl.DateTimeFormat(tag === 'en' ? 'en-GB' : tag, {
    dateStyle: 'long',
    timeZone: 'UTC',
  }).format(at);
  return (
    <div class="verdict verdict-right">
      <p>
        <T
          k="check.valid"
          with={{ course: plain(`check.course.${course}`), day, percent: Math.round(share * 100) }}
        />
      </p>
      {found.nameFits === undefined ? null : (
        <p>{found.nameFits ? <T k="check.name-fits" /> : <T k="check.name-differs" />}</p>
      )}
    </div>
  );
}
