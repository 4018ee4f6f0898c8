import type { SitePage } from '../../../edge/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Icon } from '../../kit/icons.tsx';
import { address } from '../../kit/route.ts';
import { say } from '../../kit/toast.tsx';
import { requestCommand } from '../commands/command-actions.ts';
import { CommandState } from '../commands/command-state.tsx';
import { asPerson, silenceSirens } from '../session.ts';
import { text } from '../text.ts';

/** Asks for quiet. The alarm itself stays as it is. */
export const silence = () =>
  asPerson(text('alarm.silence'), silenceSirens, (silenced) =>
    say(text(silenced.length === 0 ? 'alarm.no-siren' : 'alarm.silenced'), 'good'),
  );

/** Cameras and sirens, in a line each. */
export function Cameras({ page }: { page: SitePage }) {
  const { cameras, sirens, commands, site } = page;
  if (cameras.length === 0 && sirens.length === 0) return null;
  return (
    <section class="card" aria-labelledby="cameras-title">
      <h2 class="section-title" id="cameras-title">
        {text('camera.title')}
      </h2>
      <ul class="rows">
        {cameras.map(({ asset, name, picture, online }) => {
          const isBad = !online || picture === 'obscured';
          return (
            <li key={asset} class={`row${isBad ? ' row-bad' : ''}`}>
              <Icon name={isBad ? 'camera-off' : 'camera'} size={22} />
              <a class="row-name" href={address('cameras')}>
                {name}
              </a>
              <span class="row-state">
                {online ? text(`camera.picture.${picture}`) : text('camera.offline')}
              </span>
            </li>
          );
        })}
        {sirens.map(({ asset, name, sounding }) => (
          <li key={asset} class={`row${sounding ? ' row-bad' : ''}`}>
            <Icon name="siren" size={22} />
            <span class="row-name">{name}</span>
            <span class="row-state">{text(sounding ? 'siren.sounding' : 'siren.silent')}</span>
            <Button
              size="small"
              label={`${text(sounding ? 'command.siren.off' : 'command.siren.on')}: ${name}`}
              onClick={() => requestCommand(sounding ? 'siren.off' : 'siren.on', asset, name)}
            >
              {text(sounding ? 'command.siren.off' : 'command.siren.on')}
            </Button>
            <CommandState asset={asset} commands={commands} timeZone={site.timeZone} />
          </li>
        ))}
      </ul>
    </section>
  );
}
