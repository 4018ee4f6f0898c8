/** What is needed now and then: the day, the walk test, diagnostics, back-up and restore, rules tried on the past. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { ConfigurationError } from '../../devices/configuration.ts';
import type { Clock } from '../../devices/model/clock.ts';
import type { Actor } from '../panel/outcome.ts';
import type { RunningGateway } from '../run.ts';
import type { BackupAnswer, RestoreAnswer, RulesText } from './contract.ts';
import { Refused, read, readBody } from './problem.ts';
import { backupRequest, dayRequest, restoreRequest, rulesRequest } from './requests.ts';
import { changedJudging, judgingInForce, settingsText } from './tried-settings.ts';
import { tryRules } from './try-rules.ts';
import { backupIn, backupOf, putInPlace, RestoreProblem } from './upkeep/backup.ts';
import { diagnosticsBundle, versionOfGatehouse } from './upkeep/diagnostics.ts';
import { SealProblem, seal, unseal } from './upkeep/seal.ts';

type Env = { Bindings: HttpBindings };

export interface UpkeepOptions {
  running: RunningGateway;
  clock: Clock;
  metrics(): Promise<string>;
  onChanged(): void;
  /** @throws Refused 401 */
  reader(context: Context<Env>): unknown;
  /** @throws Refused 401, 403 */
  changer(context: Context<Env>): { by: Actor };
}

export function upkeepRoutes({
  running,
  clock,
  metrics,
  onChanged,
  reader,
  changer,
}: UpkeepOptions): Hono<Env> {
  const { gateway, memory, outbox } = running;
  const { configuration } = gateway;
  const site = configuration.gateway.site;
  const app = new Hono<Env>();
  /** Each of these takes a while and much memory: one at a time. */
  let isBusy = false;
  const alone = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    if (isBusy)
      throw new Refused(
        429,
        'busy',
        'The gateway does this for somebody else already. Try again in a moment.',
      );
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  };

  const inForce = () => judgingInForce(configuration, gateway.panel.status().schedule.entries);

  app.get('/day', (context) => {
    reader(context);
    const { from, to } = read(dayRequest(clock.now()), context.req.query());
    return context.json(memory.day.between(from, to, site));
  });

  app.delete('/devices/:device', async (context) => {
    const { by } = changer(context);
    const device = context.req.param('device');
    if (configuration.devices.some((entry) => entry.device === device))
      throw new Refused(
        409,
        'in-file',
        'This device stands in the gateway’s configuration: take it out there.',
      );
    if (!gateway.site.unassign(device))
      throw new Refused(404, 'no-such-device', 'This device is not in use.');
    await gateway.note(
      'configuration.changed',
      { change: 'device taken out of use', device: device.slice(0, 256) },
      by,
    );
    onChanged();
    return context.body(null, 204);
  });

  app.post('/walk-test', async (context) => {
    const { by } = changer(context);
    if (gateway.panel.status().mode !== 'disarmed')
      throw new Refused(409, 'armed', 'Switch the alarm off first: a walk test trips every sensor.');
    const test = memory.walkTests.begin(gateway.site.devices(), configuration.registry, by.name, clock.now());
    await gateway.note(
      'configuration.changed',
      { change: 'walk test begun', sensors: test.points.length },
      by,
    );
    onChanged();
    return context.json(test);
  });

  app.post('/walk-test/end', async (context) => {
    const { by } = changer(context);
    const test = memory.walkTests.end(clock.now());
    if (test === undefined) throw new Refused(409, 'no-walk-test', 'No walk test is under way.');
    const missed = test.points.filter(({ heardAt }) => heardAt === undefined);
    await gateway.note(
      'configuration.changed',
      {
        change: 'walk test ended',
        heard: test.points.length - missed.length,
        missed: missed.length,
        missing: missed
          .map(({ asset }) => asset)
          .join(', ')
          .slice(0, 512),
      },
      by,
    );
    onChanged();
    return context.json(test);
  });

  app.post('/diagnostics', async (context) => {
    const { by } = changer(context);
    const bundle = await alone(() => diagnosticsBundle(running, metrics, clock.now()));
    await gateway.note('configuration.changed', { change: 'diagnostics taken', bytes: bundle.length }, by);
    const name = `gatehouse-${configuration.gateway.id}-diagnostics.tar.gz`;
    context.header('Content-Type', 'application/gzip');
    context.header('Content-Disposition', `attachment; filename="${name}"`);
    return context.body(bundle);
  });

  app.post('/backup', async (context) => {
    const { by } = changer(context);
    const { passphrase } = await readBody(context, backupRequest);
    const { content, leftOut } = backupOf(gateway);
    const madeAt = new Date(clock.now()).toISOString();
    const about = { gatehouse: versionOfGatehouse(), gateway: configuration.gateway.id, madeAt };
    const sealed = await alone(() => seal(content, passphrase, about));
    await gateway.note('configuration.changed', { change: 'back-up taken', bytes: sealed.length }, by);
    const name = `gatehouse-${configuration.gateway.id}-${madeAt.slice(0, 10)}.backup`;
    return context.json({
      name,
      base64: Buffer.from(sealed).toString('base64'),
      leftOut,
    } satisfies BackupAnswer);
  });

  app.post('/restore', async (context) => {
    const { by } = changer(context);
    const { passphrase, base64 } = await readBody(context, restoreRequest);
    if (gateway.panel.status().mode !== 'disarmed')
      throw new Refused(
        409,
        'armed',
        'Switch the alarm off first: a restored gateway has to be started again.',
      );
    try {
      const { content, about } = await alone(() => unseal(Buffer.from(base64, 'base64'), passphrase));
      const wanted = backupIn(content);
      putInPlace(wanted, configuration);
      const known = new Set(configuration.registry.assetsOf(site).map(({ id }) => id));
      let assigned = 0;
      // Onto a box of another site they come with its own registry, after the start.
      for (const entry of wanted.assignments)
        if (wanted.site === site && known.size > 0 && gateway.site.assign(entry).length === 0) assigned++;
      if (wanted.site === site) await gateway.changeSchedule(wanted.schedule, by);
      await gateway.note(
        'configuration.changed',
        { change: 'back-up restored', from: about.gateway, madeAt: about.madeAt, files: wanted.files.length },
        by,
      );
      onChanged();
      return context.json({
        gateway: about.gateway,
        madeAt: about.madeAt,
        files: wanted.files.length,
        assigned,
        notAssigned: wanted.assignments.length - assigned,
      } satisfies RestoreAnswer);
    } catch (error) {
      if (error instanceof SealProblem) throw new Refused(422, error.code, error.message);
      if (error instanceof RestoreProblem) throw new Refused(422, 'not-restorable', error.message);
      throw error;
    }
  });

  app.get('/rules', (context) => {
    reader(context);
    return context.json({
      text: settingsText(configuration.file, site, inForce()),
    } satisfies RulesText);
  });

  app.post('/rules/try', async (context) => {
    changer(context);
    const { text, hours } = await readBody(context, rulesRequest);
    const now = clock.now();
    try {
      const present = inForce();
      const changed = changedJudging(text, present, configuration);
      const span = { from: now - hours * 3_600_000, now };
      return context.json(await alone(() => tryRules(outbox, site, present, changed, span)));
    } catch (error) {
      if (error instanceof ConfigurationError || error instanceof RangeError)
        throw new Refused(400, 'invalid', error.message.slice(0, 500), { field: 'text' });
      throw error;
    }
  });

  return app;
}
