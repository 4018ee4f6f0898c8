import type { IncidentPage } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { SeverityMark } from '../../kit/chip.tsx';
import { Icon } from '../../kit/icons.tsx';
import { Initials } from '../initials.tsx';
import { conditionOf } from '../picture/condition.ts';
import { text } from '../text.ts';

/** The people and things of an incident: where the physical and the cyber world meet. */
export function Involved({ page }: { page: IncidentPage }) {
  return (
    <Card title={text('incident.people-in')} labelledBy="involved">
      <h3 class="group-title">{text('incident.people')}</h3>
      {page.people.length === 0 ? <p class="faint">{text('incident.nobody')}</p> : null}
      <ul class="involved">
        {page.people.map((person) => (
          <li key={person.id}>
            <Initials name={person.name} />
            <span class="involved-main">
              <span>{person.name}</span>
              <span class="involved-keys">
                {person.badges.map((badge) => (
                  <span key={badge}>
                    <Icon name="badge" size={12} />
                    <span class="mono">{badge}</span>
                  </span>
                ))}
                {person.accounts.map((account) => (
                  <span key={account}>
                    <Icon name="account" size={12} />
                    <span class="mono">{account}</span>
                  </span>
                ))}
              </span>
            </span>
            <span class="faint">{person.kind}</span>
          </li>
        ))}
      </ul>
      <h3 class="group-title">{text('incident.assets')}</h3>
      <ul class="involved">
        {page.assets.map((asset) => {
          const { icon, words, tone } = conditionOf(asset);
          return (
            <li key={asset.id}>
              <span class={`asset-glyph-plain asset-${tone}`}>
                <Icon name={icon} size={16} />
              </span>
              <span class="involved-main">
                <span>{asset.name}</span>
                <span class="faint">{text(`kind.${asset.kind}`)}</span>
              </span>
              <span class={tone === 'bad' ? 'ink-critical' : 'faint'}>{words}</span>
              {asset.alarm === undefined ? null : <SeverityMark severity={asset.alarm} size={14} />}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
