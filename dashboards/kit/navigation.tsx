/** The sections of an application: at the side, in groups; on a phone the first below the page, all behind "More". */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';
import type { Section } from './shell.tsx';
import { kitText } from './text.ts';

const ID = 'all-sections';

export function Navigation({ sections, foot }: { sections: readonly Section[]; foot?: ComponentChildren }) {
  const all = useRef<HTMLDivElement>(null);
  const current = sections.find((section) => section.current)?.href;
  // Whoever chose a section has no more use for the list of them.
  useEffect(() => {
    if (all.current?.matches(':popover-open') === true) all.current.hidePopover();
  }, [current]);
  const hasMore = sections.some(({ isPrimary }) => isPrimary === false);
  const isCurrentHidden = sections.some(({ current, isPrimary }) => current && isPrimary === false);
  return (
    <nav class="shell-nav" aria-label={kitText('kit.sections')}>
      {groupsOf(sections).map(({ name, members }) => (
        <div
          key={name}
          class={`shell-group ${members.some(({ isPrimary }) => isPrimary !== false) ? '' : 'shell-group-more'}`}
        >
          {name === '' ? null : <p class="shell-group-name">{name}</p>}
          {members.map((section) => (
            <SectionLink key={section.href} section={section} />
          ))}
        </div>
      ))}
      {hasMore ? (
        <button
          type="button"
          class="shell-section shell-more"
          popovertarget={ID}
          aria-current={isCurrentHidden ? 'page' : undefined}
        >
          <Icon name="list" size={19} />
          <span class="shell-label">{kitText('kit.more')}</span>
        </button>
      ) : null}
      {hasMore ? (
        <div ref={all} id={ID} class="shell-all" popover="auto">
          {groupsOf(sections).map(({ name, members }) => (
            <div key={name} class="shell-all-group">
              <p class="shell-group-name">{name}</p>
              {members.map((section) => (
                <SectionLink key={section.href} section={section} />
              ))}
            </div>
          ))}
        </div>
      ) : null}
      {foot === undefined ? null : <div class="shell-foot">{foot}</div>}
    </nav>
  );
}

function SectionLink({ section }: { section: Section }) {
  return (
    <a href={section.href} class="shell-section" aria-current={section.current ? 'page' : undefined}>
      <Icon name={section.icon} size={19} />
      <span class="shell-label">{section.label}</span>
      {section.count === undefined || section.count === 0 ? null : (
        <span class={`count ${section.urgent ? 'tone-solid' : 'tone-neutral'}`}>{section.count}</span>
      )}
    </a>
  );
}

function groupsOf(sections: readonly Section[]): { name: string; members: Section[] }[] {
  const groups = new Map<string, Section[]>();
  for (const section of sections) {
    const name = section.group ?? '';
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [section]);
    else members.push(section);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}
