/** What a place shows when it has nothing to show: nothing there, not there yet, could not be had. */
import type { ComponentChildren } from 'preact';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';
import { kitText } from './text.ts';

/** @param isPage it is all that the page shows: its title is the page's */
export function EmptyState(props: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
  isPage?: boolean;
}) {
  const Title = props.isPage === true ? 'h1' : 'p';
  return (
    <div class="placeholder">
      <span class="placeholder-icon">
        <Icon name={props.icon} size={28} />
      </span>
      <Title class="placeholder-title">{props.title}</Title>
      {props.children === undefined ? null : <div class="placeholder-text">{props.children}</div>}
    </div>
  );
}

/** @param lines heights of the grey shapes that stand where content will be, in px */
export function Skeleton({ lines }: { lines: readonly number[] }) {
  return (
    <div class="skeleton" role="status" aria-label={kitText('kit.loading')}>
      {lines.map((height, index) => (
        <span key={index} class="skeleton-line" style={{ height: `${height}px` }} />
      ))}
    </div>
  );
}

export function ErrorState(props: { message: string; onRetry?: () => void; isPage?: boolean }) {
  const Title = props.isPage === true ? 'h1' : 'p';
  return (
    <div class="placeholder placeholder-error" role="alert">
      <span class="placeholder-icon">
        <Icon name="warning" size={28} />
      </span>
      <Title class="placeholder-title">{kitText('kit.error.title')}</Title>
      <div class="placeholder-text">{props.message}</div>
      {props.onRetry === undefined ? null : (
        <Button icon="reopen" onClick={props.onRetry}>
          {kitText('kit.retry')}
        </Button>
      )}
    </div>
  );
}
