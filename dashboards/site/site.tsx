/** The site page's frame: what is shown, whether it is still true, and who stands at it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SitePage } from '../../edge/api/contract.ts';
import { Button } from '../kit/button.tsx';
import { now, runClock } from '../kit/clock.ts';
import { Icon } from '../kit/icons.tsx';
import { address, route } from '../kit/route.ts';
import { LiveClock, Shell } from '../kit/shell.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { ThemeToggle } from '../kit/theme.tsx';
import { timeOrDay } from '../kit/time.ts';
import { CamerasPage } from './cameras/cameras-page.tsx';
import { CommandDialog } from './commands/command-dialog.tsx';
import { DevicesPage } from './devices/devices-page.tsx';
import { followSite, lostSince, site } from './live/site-state.ts';
import { MorePage } from './more/more-page.tsx';
import { BlockedDialog } from './now/blocked-dialog.tsx';
import { NowPage } from './now/now-page.tsx';
import { isStationLost, wellBeing } from './now/well-being.ts';
import { ZonesDialog } from './now/zones-dialog.tsx';
import { AwayPage } from './offline/away-page.tsx';
import { PinDialog } from './pin/pin-dialog.tsx';
import { SignIn } from './pin/sign-in.tsx';
import { SchedulePage } from './schedule/schedule-page.tsx';
import { resumeSession, session, signOut } from './session.ts';
import { TemperaturesPage } from './temperatures/temperatures-page.tsx';
import { text } from './text.ts';
import { TodayPage } from './today/today-page.tsx';
import { BackupPage } from './upkeep/backup-page.tsx';
import { DiagnosticsPage } from './upkeep/diagnostics-page.tsx';
import { RulesPage } from './upkeep/rules-page.tsx';
import { WalkTestPage } from './upkeep/walk-test-page.tsx';

/** Reached by "More". */
const underMore = new Set(['more', 'schedule', 'walk-test', 'rules', 'backup', 'diagnostics']);

export function Site() {
  const attempt = useSignal(0);
  useEffect(() => {
    const life = new AbortController();
    runClock(life.signal);
    void resumeSession();
    void followSite(life.signal);
    return () => life.abort();
  }, [attempt.value]);
  const again = () => {
    attempt.value++;
  };
  const current = site.value;
  switch (current.state) {
    case 'loading':
      return (
        <main class="alone">
          <Skeleton lines={[120, 220, 160]} />
        </main>
      );
    case 'failed':
      return (
        <main class="alone">
          <ErrorState message={current.message} onRetry={again} isPage />
        </main>
      );
    case 'away':
      return <AwayPage onRetry={again} />;
    case 'locked':
      return (
        <main class="alone alone-narrow">
          <section class="card">
            <h1 class="page-title">{text('pin.view')}</h1>
            <p class="soft">{text('pin.locked-out')}</p>
            <SignIn people={[]} mayType onDone={again} />
          </section>
        </main>
      );
    case 'there':
      return <There page={current.page} />;
  }
}

function There({ page }: { page: SitePage }) {
  const [section = '', chosen] = route.value;
  const { level, open } = wellBeing(page);
  useEffect(() => {
    document.title =
      open.length > 0
        ? text('site.title-alarms', { count: open.length, site: page.site.name })
        : text('site.title', { site: page.site.name });
  }, [open.length, page.site.name]);
  const lost = lostSince.value;
  const signedIn = session.value;
  const outside = page.temperatures.filter(({ condition }) => condition === 'excursion').length;
  return (
    <>
      <Shell
        name={page.site.name}
        sections={[
          {
            href: address(),
            label: text('site.now'),
            icon: 'site',
            current: section === '',
            count: open.length,
            urgent: level === 'urgent',
          },
          {
            href: address('today'),
            label: text('today.today'),
            icon: 'note',
            current: section === 'today',
          },
          {
            href: address('temperatures'),
            label: text('site.temperatures'),
            icon: 'thermometer',
            current: section === 'temperatures',
            count: outside,
            urgent: outside > 0,
          },
          {
            href: address('cameras'),
            label: text('site.cameras'),
            icon: 'camera',
            current: section === 'cameras',
          },
          {
            href: address('devices'),
            label: text('site.devices'),
            icon: 'sensor',
            current: section === 'devices',
            count: page.inbox.length,
          },
          {
            href: address('more'),
            label: text('more.title'),
            icon: 'list',
            current: underMore.has(section),
          },
        ]}
        bar={
          <>
            <span class={`opening${page.site.isOpen ? ' opening-open' : ''}`}>
              {text(page.site.isOpen ? 'site.open' : 'site.closed')}
            </span>
            <LiveClock timeZone={page.site.timeZone} />
            {signedIn === undefined ? null : (
              <span class="signed-in">
                <Button size="small" icon="sign-out" onClick={() => void signOut()}>
                  {text('site.signed-in', { name: signedIn.name })}
                </Button>
              </span>
            )}
            <ThemeToggle />
          </>
        }
      >
        {lost === undefined ? null : (
          <div class="lost" role="alert">
            <Icon name="wifi-off" size={30} />
            <div>
              <p class="lost-title">
                {text('site.lost', { time: timeOrDay(lost, now.value, page.site.timeZone) })}
              </p>
              <p>{text('site.lost-text')}</p>
            </div>
          </div>
        )}
        {lost === undefined ? <UplinkNotice page={page} /> : null}
        {lost === undefined && isStationLost(page.station) ? (
          <div class="uplink-lost station-lost" role="status">
            <Icon name="warning" size={22} />
            <p>
              <strong>{text('station.lost')}</strong> {text('station.lost-text')}
            </p>
          </div>
        ) : null}
        <div class={lost === undefined ? '' : 'not-current'}>
          <Section section={section} chosen={chosen} page={page} />
        </div>
      </Shell>
      <PinDialog people={page.people} readers={page.badgeReaders} />
      <BlockedDialog />
      <CommandDialog />
      <ZonesDialog page={page} />
    </>
  );
}

function Section(props: { section: string; chosen: string | undefined; page: SitePage }) {
  const { section, chosen, page } = props;
  switch (section) {
    case '':
      return <NowPage page={page} />;
    case 'temperatures':
      return <TemperaturesPage page={page} chosen={chosen} />;
    case 'today':
      return <TodayPage page={page} />;
    case 'cameras':
      return <CamerasPage page={page} />;
    case 'more':
      return <MorePage page={page} />;
    case 'walk-test':
      return <WalkTestPage page={page} />;
    case 'rules':
      return <RulesPage page={page} />;
    case 'backup':
      return <BackupPage page={page} />;
    case 'diagnostics':
      return <DiagnosticsPage />;
    case 'schedule':
      return <SchedulePage page={page} />;
    case 'devices':
      return <DevicesPage page={page} />;
    default:
      return (
        <EmptyState icon="search" title={text('site.not-found')} isPage>
          {text('site.not-found-text')}
        </EmptyState>
      );
  }
}

const UPLINK_PATIENCE_MS = 20_000;

/** The desk is away: worth knowing, nothing to do. */
function UplinkNotice({ page: { uplink, site: place } }: { page: SitePage }) {
  if (uplink === undefined || uplink.connected) return null;
  const { waiting, since } = uplink;
  // A line that is back in a moment is not worth a word.
  if (now.value - since < UPLINK_PATIENCE_MS) return null;
  return (
    <div class="uplink-lost" role="status">
      <Icon name="wifi-off" size={22} />
      <p>
        <strong>{text('site.uplink-lost', { time: timeOrDay(since, now.value, place.timeZone) })}</strong>
        {' – '}
        {text('site.uplink-lost-text', { count: waiting.alarm + waiting.bulk })}
      </p>
    </div>
  );
}
