import { useSignal } from '@preact/signals';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { say } from '../../kit/toast.tsx';
import { asPerson, fetchFile } from '../session.ts';
import { text } from '../text.ts';
import { saveFile } from './save-file.ts';

/** A file for whoever helps from afar. */
export function DiagnosticsPage() {
  const busy = useSignal(false);
  const take = () =>
    asPerson(
      text('diagnostics.take'),
      async () => {
        busy.value = true;
        try {
          return await fetchFile('api/diagnostics');
        } finally {
          busy.value = false;
        }
      },
      ({ blob, name }) => {
        saveFile(blob, name);
        say(text('diagnostics.taken', { name }), 'good');
      },
    );
  return (
    <div class="sheet">
      <h1 class="page-title">{text('diagnostics.title')}</h1>
      <section class="card upkeep">
        <p>{text('diagnostics.text')}</p>
        <ul class="ticks">
          <li>
            <Icon name="check" size={20} /> {text('diagnostics.in')}
          </li>
          <li class="ticks-not">
            <Icon name="close" size={20} /> {text('diagnostics.out')}
          </li>
        </ul>
        <Button look="primary" icon="note" busy={busy.value} onClick={take}>
          {text('diagnostics.take')}
        </Button>
      </section>
    </div>
  );
}
