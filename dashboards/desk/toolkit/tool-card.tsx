import type { ToolId, ToolState } from '../../../cloud/api/contract.ts';
import { Chip, SeverityMark, type Tone } from '../../kit/chip.tsx';
import { Switch } from '../../kit/field.tsx';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { RelativeTime } from '../../kit/relative-time.tsx';
import { address } from '../../kit/route.ts';
import { maySwitch } from '../incident/actions.ts';
import { deskZone } from '../live/desk-state.ts';
import { pages } from '../pages.ts';
import { isToolOn } from '../session.ts';
import { words } from './words.ts';

const icons: Record<ToolId, IconName> = {
  'physical-asset': 'physical',
  access: 'door',
  communication: 'network',
  behavioural: 'shop',
  'application-integrity': 'cyber',
  policy: 'list',
  'identity-bridge': 'lock',
  'audit-trail': 'note',
  'incident-detector': 'link',
  'situational-picture': 'picture-grid',
  'asset-map': 'layers',
  risk: 'risk',
  'cascading-effects': 'cascade',
  'incident-desk': 'incidents',
  response: 'play',
  recovery: 'history',
  'threat-intelligence': 'search',
  sharing: 'bell',
  awareness: 'eye',
};
const looks: Record<ToolState['standing'], { tone: Tone; icon: IconName }> = {
  on: { tone: 'good', icon: 'check' },
  off: { tone: 'neutral', icon: 'false-alarm' },
  held: { tone: 'neutral', icon: 'pause' },
  'no-data': { tone: 'medium', icon: 'eye' },
  behind: { tone: 'medium', icon: 'clock' },
  failing: { tone: 'critical', icon: 'warning' },
};
/** Inputs named on a card. */
const MAX_INPUTS = 4;

/** One tool: how it is, what it has and found, and its switch. */
export function ToolCard({ tool, onSwitch }: { tool: ToolState; onSwitch: () => void }) {
  const { id, standing, enabled, canSwitch } = tool;
  const page = pages.find((one) => one.tool === id && (one.isFor?.() ?? true));
  const isQuiet = standing === 'off' || standing === 'held';
  return (
    <li class={`tool tool-${standing}`}>
      <header class="tool-head">
        <span class="tool-icon">
          <Icon name={icons[id]} size={20} />
        </span>
        <h3>{words(`tool.${id}`)}</h3>
        <Chip tone={looks[standing].tone} icon={looks[standing].icon}>
          {words(`standing.${standing}`)}
        </Chip>
      </header>
      <p class="soft">{words(`tool.${id}.about`)}</p>
      <Why tool={tool} />
      {isQuiet ? null : <Figures tool={tool} />}
      {isQuiet || tool.inputs.length === 0 ? null : <Inputs inputs={tool.inputs} />}
      <Newest tool={tool} />
      <footer class="tool-foot">
        {maySwitch() && canSwitch ? (
          <Switch label={words('switch', { name: words(`tool.${id}`) })} on={enabled} onChange={onSwitch} />
        ) : (
          <span class="faint">{canSwitch ? null : words('left-out')}</span>
        )}
        {page === undefined || isQuiet ? null : (
          <a
            class="tool-open"
            href={address(...(page.section === '' ? [] : [page.section]))}
            aria-label={words('open-of', { name: words(`tool.${id}`) })}
          >
            {words('open')}
            <Icon name="chevron-right" size={14} />
          </a>
        )}
      </footer>
    </li>
  );
}

/** Why it does not run as it should: what is wrong, what holds it, who switched it. */
function Why({ tool: { standing, problem, heldBy, switched, since } }: { tool: ToolState }) {
  const zone = deskZone.value;
  if (problem === undefined && heldBy === undefined && (standing === 'on' || standing === 'behind'))
    return null;
  const isOff = standing === 'off';
  if (problem === undefined && heldBy === undefined && switched === undefined && since === undefined)
    return null;
  return (
    <p class="tool-note">
      {heldBy === undefined ? problem : words('held', { name: words(`tool.${heldBy}`) })}
      {isOff && switched !== undefined ? (
        <span>
          {switched.reason === ''
            ? words('switched', { name: switched.by })
            : words('because', { name: switched.by, reason: switched.reason })}{' '}
          <span class="faint">
            <RelativeTime at={switched.at} timeZone={zone} />
          </span>
        </span>
      ) : since === undefined ? null : (
        <span class="faint">
          {' '}
          {words('since')} <RelativeTime at={since} timeZone={zone} />
        </span>
      )}
    </p>
  );
}

function Figures({ tool }: { tool: ToolState }) {
  const { id, group, figures, observations, detections24h, lastUse } = tool;
  // The trail finds nothing: it writes down.
  const isTrail = id === 'audit-trail';
  const found = isTrail ? tool.lastObservedAt : tool.lastDetectedAt;
  const number = (value: number) => value.toLocaleString('en');
  return (
    <dl class="tool-figures">
      {observations === undefined ? null : (
        <Figure term={isTrail ? words('written') : words('looked')}>{number(observations)}</Figure>
      )}
      {figures.map(({ name, value }) => (
        <Figure key={name} term={words(`figure.${name}`)}>
          {number(value)}
        </Figure>
      ))}
      {detections24h === undefined || isTrail ? null : (
        <Figure term={words('found')}>{number(detections24h)}</Figure>
      )}
      {group === 'monitors' ? (
        <Figure term={isTrail ? words('last-written') : words('last')}>
          <When at={found} />
        </Figure>
      ) : (
        <Figure term={lastUse?.by === undefined ? words('used') : words('used-by', { name: lastUse.by })}>
          <When at={lastUse?.at} />
        </Figure>
      )}
    </dl>
  );
}

function Figure({ term, children }: { term: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function When({ at }: { at: number | undefined }) {
  return at === undefined ? (
    <span class="faint">{words('never')}</span>
  ) : (
    <RelativeTime at={at} timeZone={deskZone.value} />
  );
}

function Inputs({ inputs }: { inputs: ToolState['inputs'] }) {
  const names = inputs
    .slice(0, MAX_INPUTS)
    .map(({ name }) => name)
    .join(', ');
  return (
    <p class="tool-inputs faint">
      {words('inputs', { names })}
      {inputs.length > MAX_INPUTS ? words('more', { count: inputs.length - MAX_INPUTS }) : null}
    </p>
  );
}

function Newest({ tool: { newest } }: { tool: ToolState }) {
  if (newest.length === 0) return null;
  return (
    <details class="evidence">
      <summary>
        <Icon name="chevron-right" size={13} />
        {words('newest', { count: newest.length })}
      </summary>
      <ul class="tool-newest">
        {newest.map((one) => (
          <li key={one.id}>
            <SeverityMark severity={one.severity} size={14} />
            {one.incident === undefined || !isToolOn('incident-desk') ? (
              <span>{one.summary}</span>
            ) : (
              <a href={address('incidents', one.incident)}>{one.summary}</a>
            )}
            <span class="faint">
              <RelativeTime at={one.at} timeZone={deskZone.value} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
