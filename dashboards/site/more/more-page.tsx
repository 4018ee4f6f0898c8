import type { SitePage } from '../../../edge/api/contract.ts';
import { language, offeredLanguages, setLanguage } from '../../kit/i18n.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import { address } from '../../kit/route.ts';
import { text } from '../text.ts';

/** Each language by its own name, so that whoever needs it can read it. */
const names: Readonly<Record<string, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  it: 'Italiano',
};

const places = [
  { to: 'schedule', icon: 'clock', name: 'site.schedule', detail: 'more.schedule-text' },
  { to: 'walk-test', icon: 'motion-sensor', name: 'walk.title', detail: 'walk.lead' },
  { to: 'rules', icon: 'play', name: 'rules.title', detail: 'rules.lead' },
  { to: 'backup', icon: 'gateway', name: 'backup.title', detail: 'backup.lead' },
  { to: 'diagnostics', icon: 'note', name: 'diagnostics.title', detail: 'diagnostics.lead' },
] as const satisfies readonly { to: string; icon: IconName; name: string; detail: string }[];

/** What is needed now and then: the schedule, tests, back-up, the language. */
export function MorePage({ page }: { page: SitePage }) {
  return (
    <div class="sheet">
      <h1 class="page-title">{text('more.title')}</h1>
      <ul class="choices">
        {places.map(({ to, icon, name, detail }) => (
          <li key={to}>
            <a class="choice" href={address(to)}>
              <Icon name={icon} size={28} />
              <span class="choice-text">
                <span class="choice-name">{text(name)}</span>
                <span class="choice-detail">{text(detail)}</span>
              </span>
              <Icon name="chevron-right" size={20} />
            </a>
          </li>
        ))}
      </ul>
      <section aria-labelledby="language-title">
        <h2 class="section-title" id="language-title">
          {text('more.language')}
        </h2>
        <div class="languages">
          {offeredLanguages().map((tag) => (
            <button
              key={tag}
              type="button"
              class="language"
              lang={tag}
              aria-pressed={tag === language()}
              onClick={() => setLanguage(tag)}
            >
              {names[tag] ?? tag}
            </button>
          ))}
        </div>
        <p class="soft section-text">{text('more.language-text')}</p>
      </section>
      <p class="faint">{text('more.gateway', { gateway: page.gateway })}</p>
    </div>
  );
}
