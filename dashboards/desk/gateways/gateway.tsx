import type { GatewayList, GatewayRow } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Chip, type Tone } from '../../kit/chip.tsx';
import { Icon } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { fullTime } from '../../kit/time.ts';
import { say } from '../../kit/toast.tsx';
import { deskZone } from '../live/desk-state.ts';
import { trying } from '../people/confirm.tsx';
import { withdrawCode } from './requests.ts';
import { words } from './words.ts';

const DAY_MS = 24 * 3_600_000;

const toneOf: Readonly<Record<GatewayRow['state'], Tone>> = {
  enrolled: 'good',
  token: 'neutral',
  invited: 'info',
  revoked: 'critical',
  reset: 'medium',
};

/** One gateway: how it stands, and what can be done about it. */
export function Gateway(props: {
  row: GatewayRow;
  may: GatewayList['may'];
  onEnrol: () => void;
  onRevoke: () => void;
  onSign: () => void;
  onChanged: (list: GatewayList) => void;
}) {
  const { row, may } = props;
  const isOver = row.state === 'revoked' || row.state === 'reset';
  const withdraw = () =>
    void trying(async () => {
      props.onChanged(await withdrawCode(row.id));
      say(words('enrol.withdrawn'));
    });
  return (
    <li class="gateways-row">
      <Icon name="gateway" size={20} />
      <div class="gateways-main">
        <span class="gateways-name">
          {row.id}
          <Chip tone={toneOf[row.state]}>{words(`state.${row.state}`)}</Chip>
        </span>
        <span class="soft">{row.siteName}</span>
        <ul class="gateways-facts">
          {isOver ? null : (
            <li>
              <Icon name={row.connected ? 'wifi' : 'wifi-off'} size={14} />
              {row.connected ? words('line.connected') : words('line.gone')}
              {' · '}
              {row.lastSeenAt === undefined ? (
                words('line.never')
              ) : (
                <>
                  {words('line.seen')} <RelativeTime at={row.lastSeenAt} timeZone={deskZone.value} />
                </>
              )}
            </li>
          )}
          {row.certificate === undefined ? null : <li>{certificateLine(row.certificate.notAfter)}</li>}
          {row.version === undefined ? null : <li>{words('version', { version: row.version })}</li>}
          {row.sealing === undefined ? null : (
            <li class={row.sealing === 'key-file' || row.sealing === 'none' ? 'gateways-warn' : ''}>
              {words(`sealing.${row.sealing}`)}
            </li>
          )}
          {row.clockOffMs === undefined ? null : (
            <li class="gateways-warn">
              {words('clock.off', { minutes: Math.round(row.clockOffMs / 60_000) })}
            </li>
          )}
          {row.code === undefined ? null : (
            <li>
              {words('code.until', {
                name: row.code.createdBy,
                time: fullTime(row.code.expiresAt, deskZone.value),
              })}
            </li>
          )}
          {row.bundle === undefined ? null : (
            <li
              class={row.bundle.state === 'refused' || row.bundle.state === 'returned' ? 'gateways-warn' : ''}
            >
              {words('bundle.line', {
                number: row.bundle.counter,
                state: words(`bundle.${row.bundle.state}`),
              })}
              {row.bundle.detail === '' ? null : ` · ${row.bundle.detail}`}
            </li>
          )}
          {row.ended === undefined ? null : (
            <li>
              {words('ended.line', { reason: row.ended.reason, name: row.ended.by })}
              {' · '}
              <RelativeTime at={row.ended.at} timeZone={deskZone.value} />
            </li>
          )}
        </ul>
        {isOver && row.secrets.length > 0 ? (
          <div class="gateways-secrets">
            <strong>{words('secrets.title')}</strong>
            <ul>
              {row.secrets.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </div>
        ) : null}
      </div>
      <div class="gateways-do">
        {may.enrol && row.code !== undefined ? (
          <Button size="small" look="quiet" onClick={withdraw}>
            {words('enrol.withdraw')}
          </Button>
        ) : null}
        {may.enrol && row.state !== 'invited' ? (
          <Button size="small" look="quiet" onClick={props.onEnrol}>
            {words('enrol.again', { name: row.id })}
          </Button>
        ) : null}
        {may.configure && row.state === 'enrolled' ? (
          <Button
            size="small"
            look="quiet"
            label={words('bundle.sign-for', { name: row.id })}
            onClick={props.onSign}
          >
            {words('bundle.sign')}
          </Button>
        ) : null}
        {may.revoke && !isOver && row.state !== 'invited' ? (
          <Button
            size="small"
            look="danger"
            label={words('revoke.open-for', { name: row.id })}
            onClick={props.onRevoke}
          >
            {words('revoke.open')}
          </Button>
        ) : null}
      </div>
    </li>
  );
}

/** By the machine's own time: certificates know no other. */
function certificateLine(notAfter: number): string {
  const leftMs = notAfter - Date.now();
  return leftMs <= 0
    ? words('certificate.ended')
    : words('certificate.left', { count: Math.ceil(leftMs / DAY_MS) });
}
