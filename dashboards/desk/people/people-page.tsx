import './people.css';
import { useSignal } from '@preact/signals';
import { Tabs } from '../../kit/tabs.tsx';
import { session } from '../session.ts';
import { Accounts } from './accounts.tsx';
import { ConfirmDialog } from './confirm.tsx';
import { PersonalDataView } from './personal-data.tsx';
import { words } from './words.ts';

/** Who may come in, what they see, and what is kept about people. */
export function PeoplePage() {
  const mayManage = session.value?.role === 'administrator';
  const shown = useSignal<'accounts' | 'data'>(mayManage ? 'accounts' : 'data');
  const seesData = session.value?.seesAll !== false;
  return (
    <div class="people">
      <header class="page-header">
        <h1>{words('people.page')}</h1>
        <p class="soft">{words('people.about')}</p>
      </header>
      {mayManage && seesData ? (
        <Tabs
          label={words('people.choose')}
          choices={[
            { name: 'accounts', label: words('people.accounts') },
            { name: 'data', label: words('people.data') },
          ]}
          chosen={shown.value}
          onChoose={(name) => {
            shown.value = name;
          }}
        />
      ) : null}
      {shown.value === 'accounts' ? <Accounts /> : <PersonalDataView mayChange={mayManage} />}
      <ConfirmDialog />
    </div>
  );
}
