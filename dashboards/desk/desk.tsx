/** The desk's frame: who is signed in, which page is shown, and the keys that work everywhere. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { IconButton } from '../kit/button.tsx';
import { clockRate, now, runClock } from '../kit/clock.ts';
import { ConnectionState } from '../kit/connection.tsx';
import { useKeys } from '../kit/keys.ts';
import { connection } from '../kit/live.ts';
import { MenuButton } from '../kit/menu.tsx';
import { address, go, route } from '../kit/route.ts';
import { LiveClock, Shell } from '../kit/shell.tsx';
import { ErrorState } from '../kit/states.tsx';
import { ThemeToggle } from '../kit/theme.tsx';
import { preciseTime } from '../kit/time.ts';
import { initialsOf } from './initials.tsx';
import { attention, deskZone } from './live/desk-state.ts';
import { startDesk } from './live/follow-desk.ts';
import { reasonOf } from './loaded.ts';
import { offeredPages, pageAt, pageGroups, pages } from './pages.ts';
import { Demonstration } from './picture/demonstration.tsx';
import { resumeSession, session, signOut } from './session.ts';
import { ShortcutHelp } from './shortcut-help.tsx';
import { ShownPage } from './shown-page.tsx';
import { SignInPage } from './sign-in/sign-in-page.tsx';
import { text } from './text.ts';

export function Desk() {
  const failure = useSignal<string | undefined>(undefined);
  const resume = () => {
    failure.value = undefined;
    resumeSession().then(
      () => {
        if (session.value === undefined) session.value = null;
      },
      (error: unknown) => {
        failure.value = reasonOf(error).message;
      },
    );
  };
  useEffect(resume, []);
  if (failure.value !== undefined) {
    return (
      <main class="alone">
        <ErrorState message={failure.value} onRetry={resume} isPage />
      </main>
    );
  }
  if (session.value === undefined) return null;
  if (session.value?.mustEnrol === true) return <EnrolFirst />;
  return session.value === null ? (
    <SignInPage />
  ) : (
    <SignedIn key={session.value.token} name={session.value.name} />
  );
}

/** A role that demands a second factor, without one: the own account is all there is. */
function EnrolFirst() {
  useEffect(() => {
    if (route.value[0] !== 'account') go('account');
  }, []);
  return (
    <main class="enrol">
      <ShownPage />
    </main>
  );
}

function SignedIn({ name }: { name: string }) {
  const isHelpOpen = useSignal(false);
  useEffect(() => {
    const life = new AbortController();
    runClock(life.signal);
    startDesk(life.signal);
    return () => life.abort();
  }, []);
  useKeys({
    ...Object.fromEntries(
      pages.flatMap(({ key, section }) =>
        key === undefined ? [] : [[`g${key}`, () => go(...(section === '' ? [] : [section]))]],
      ),
    ),
    '?': () => {
      isHelpOpen.value = true;
    },
  });

  const [section = ''] = route.value;
  const open = attention.value.state === 'there' ? attention.value.value.counts.open : 0;
  const isUrgent =
    attention.value.state === 'there' &&
    attention.value.value.items.some((item) => item.state === 'open' && item.severity === 'critical');
  const shown = pageAt(section);
  const title = shown?.title() ?? text('desk.not-found');
  useEffect(() => {
    document.title =
      open > 0
        ? text('desk.title-open', { count: open, section: title })
        : text('desk.title', { section: title });
  }, [open, title]);
  // The interruption's beginning on the installation's clock.
  const lostAt = now.value - (Date.now() - connection.value.since) * clockRate.value;
  return (
    <Shell
      name={text('desk.name')}
      sections={offeredPages().map((page) => ({
        href: address(...(page.section === '' ? [] : [page.section])),
        label: page.title(),
        icon: page.icon,
        group: text(`desk.group-${page.group}`),
        isPrimary: page.group === pageGroups[0],
        current: page.section === shown?.section,
        ...(page.section === 'incidents' ? { count: open, urgent: isUrgent } : {}),
      }))}
      foot={<Demonstration id="demonstration-nav" />}
      bar={
        <>
          <LiveClock timeZone={deskZone.value} />
          <ConnectionState />
          <span class="bar-help">
            <IconButton
              icon="keyboard"
              label={text('desk.help')}
              onClick={() => {
                isHelpOpen.value = true;
              }}
            />
          </span>
          <ThemeToggle />
          <MenuButton
            label={text('desk.account', { name })}
            name={text('desk.account', { name })}
            look="account-button"
            items={[
              { label: text('desk.my-account'), icon: 'account', onChoose: () => go('account') },
              { label: text('desk.sign-out'), icon: 'sign-out', onChoose: () => void signOut() },
            ]}
          >
            <span class="initials" aria-hidden="true">
              {initialsOf(name)}
            </span>
          </MenuButton>
        </>
      }
    >
      {connection.value.state === 'offline' ? (
        <p class="stale-banner" role="alert">
          {text('desk.stale', { time: preciseTime(lostAt, deskZone.value) })}
        </p>
      ) : null}
      <ShownPage />
      {isHelpOpen.value ? (
        <ShortcutHelp
          onClose={() => {
            isHelpOpen.value = false;
          }}
        />
      ) : null}
    </Shell>
  );
}
