import { Key } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Switch } from '../kit/field.tsx';
import { setShortcuts, shortcutsOn } from '../kit/keys.ts';
import { offeredPages } from './pages.ts';
import { text } from './text.ts';

/** Every key there is, and the switch for those who speak to their computer. */
export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const groups = [
    {
      title: text('keys.anywhere'),
      keys: [
        ...offeredPages().flatMap(({ key, title }) =>
          key === undefined ? [] : [{ press: ['g', key], does: text('keys.go-page', { page: title() }) }],
        ),
        { press: ['?'], does: text('keys.help') },
      ],
    },
    {
      title: text('keys.in-queue'),
      keys: [
        { press: ['j'], does: text('keys.next') },
        { press: ['k'], does: text('keys.previous') },
        { press: ['Enter'], does: text('keys.open') },
        { press: ['a'], does: text('keys.acknowledge') },
        { press: ['x'], does: text('keys.choose') },
        { press: ['Shift', 'x'], does: text('keys.choose-range') },
      ],
    },
    {
      title: text('keys.in-incident'),
      keys: [
        { press: ['a'], does: text('keys.acknowledge') },
        { press: ['n'], does: text('keys.note') },
        { press: ['u'], does: text('keys.back') },
      ],
    },
  ];
  return (
    <Dialog title={text('desk.help')} onClose={onClose}>
      {groups.map((group) => (
        <section key={group.title} class="key-group">
          <h3>{group.title}</h3>
          <dl>
            {group.keys.map(({ press, does }) => (
              <div key={does}>
                <dt>
                  <span class="visually-hidden">{press.join(' ')}</span>
                  {press.map((name) => (
                    <Key key={name} name={name} />
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <Switch label={text('keys.switch')} on={shortcutsOn.value} onChange={setShortcuts} />
    </Dialog>
  );
}
