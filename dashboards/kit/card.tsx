import type { ComponentChildren } from 'preact';

/** A surface with a heading. `level` keeps the page's outline in order (2 by default). */
export function Card(props: {
  title?: ComponentChildren;
  aside?: ComponentChildren;
  children: ComponentChildren;
  level?: 2 | 3;
  /** Colours the edge: this card wants attention. */
  tone?: 'critical' | 'high' | 'medium' | undefined;
  flush?: boolean;
  labelledBy?: string;
}) {
  const Heading = props.level === 3 ? 'h3' : 'h2';
  return (
    <section
      class={`card${props.tone === undefined ? '' : ` card-${props.tone}`}${props.flush ? ' card-flush' : ''}`}
      aria-labelledby={props.labelledBy}
    >
      {props.title === undefined ? null : (
        <header class="card-header">
          <Heading class="card-title" id={props.labelledBy}>
            {props.title}
          </Heading>
          {props.aside === undefined ? null : <div class="card-aside">{props.aside}</div>}
        </header>
      )}
      {props.children}
    </section>
  );
}
