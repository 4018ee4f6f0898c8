import type { ContinuityPlanContent, PlanContact } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Icon } from '../../kit/icons.tsx';
import { words } from './words.ts';

/** Whom to ring, with numbers that a phone dials. */
export function Contacts({
  content,
}: {
  content: Pick<ContinuityPlanContent, 'owner' | 'deputies' | 'contacts'>;
}) {
  const groups: [string, PlanContact[]][] = [
    [words('contact.owner'), [content.owner]],
    [words('contact.deputies'), content.deputies],
    [words('contact.others'), content.contacts],
  ];
  return (
    <Card title={words('contacts')} labelledBy="contacts" flush>
      <ul class="contacts">
        {groups.flatMap(([group, people]) =>
          people.map((one) => (
            <li key={`${group} ${one.name}`} class="contact">
              <span class="contact-main">
                <span class="soft small">{group}</span>
                <strong>{one.name}</strong>
                {one.role === '' ? null : <span class="soft">{one.role}</span>}
              </span>
              <span class="contact-ways">
                {one.phone === '' ? (
                  <span class="contact-missing">
                    <Icon name="warning" size={14} /> {words('contact.no-phone')}
                  </span>
                ) : (
                  <a href={`tel:${one.phone.replaceAll(/[^+\d]/g, '')}`}>
                    <Icon name="phone" size={14} /> {one.phone}
                  </a>
                )}
                {one.mail === '' ? null : (
                  <a href={`mailto:${one.mail}`}>
                    <Icon name="mail" size={14} /> {one.mail}
                  </a>
                )}
              </span>
            </li>
          )),
        )}
      </ul>
    </Card>
  );
}
