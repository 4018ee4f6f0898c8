import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { z } from 'zod';
import { identifier, instant, plainText } from '../../../devices/model/identifiers.ts';
import type { Campaign, Learner } from '../../awareness/awareness.ts';
import { LONGEST_CAMPAIGN_MS, MAX_CAMPAIGNS } from '../../awareness/awareness.ts';
import { harmIn, helpsAttacker } from '../../awareness/campaign.ts';
import { startOfDay } from '../../awareness/certificate.ts';
import { isPrintable } from '../../awareness/certificate-pdf.ts';
import type { Course } from '../../awareness/course.ts';
import { TokenBucket } from '../../sources/token-bucket.ts';
import { addressOf, isEncrypted } from '../client.ts';
import type {
  AwarenessOverview,
  CampaignRow,
  CheckedCertificate,
  Invitation,
  LearnerRow,
  Learning,
  LessonResult,
  PublicCampaigns,
  TestPaper,
  TestResult,
} from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Caller, openRoute, type Route, route } from '../route.ts';
import { isToken } from '../sessions.ts';
import { cookieName } from './session.ts';

/** What strangers may ask of the machine in all: grading, checking and above all the drawing of PDFs. */
const PUBLIC_PER_SECOND = 20;
const PUBLIC_BURST = 100;

const named = z.strictObject({ id: z.string().min(1).max(256) });
const person = plainText
  .min(1)
  .max(80)
  .refine((name) => name.trim() !== '', 'must not be empty');
const answers = z.array(z.number().int().min(-1).max(9)).max(100);
const publicText = plainText.min(10).max(400);
const texts = z
  .strictObject({
    en: publicText,
    de: publicText.optional(),
    fr: publicText.optional(),
    es: publicText.optional(),
    it: publicText.optional(),
  })
  .transform((given) =>
    Object.fromEntries(Object.entries(given).filter((one): one is [string, string] => one[1] !== undefined)),
  );
const byLanguage = z.record(z.string(), z.string());

const publicCampaigns: z.ZodType<PublicCampaigns> = z.strictObject({
  items: z.array(z.strictObject({ id: z.string(), text: byLanguage, lesson: z.string(), until: z.number() })),
});
const testPaper: z.ZodType<TestPaper> = z.strictObject({
  test: z.string(),
  questions: z.array(z.strictObject({ lesson: z.string(), question: z.number() })),
});
const testResult: z.ZodType<TestResult> = z.strictObject({
  passed: z.boolean(),
  share: z.number(),
  wrong: z.array(z.number()),
  number: z.exactOptional(z.string()),
});
const checked: z.ZodType<CheckedCertificate> = z.strictObject({
  valid: z.boolean(),
  course: z.exactOptional(z.enum(['shop', 'staff'])),
  at: z.exactOptional(z.number()),
  share: z.exactOptional(z.number()),
  nameFits: z.exactOptional(z.boolean()),
});
const learning: z.ZodType<Learning> = z.strictObject({
  learner: z.exactOptional(
    z.strictObject({
      name: z.string(),
      done: z.array(z.strictObject({ lesson: z.string(), at: z.number() })),
      token: z.exactOptional(z.string()),
    }),
  ),
  retentionDays: z.number(),
});
const lessonResult: z.ZodType<LessonResult> = z.strictObject({ passed: z.boolean(), recorded: z.boolean() });
const campaignRow: z.ZodType<CampaignRow> = z.strictObject({
  id: z.string(),
  state: z.enum(['draft', 'public', 'ended']),
  theme: z.string(),
  lesson: z.string(),
  city: z.exactOptional(z.string()),
  text: byLanguage,
  incident: z.exactOptional(z.string()),
  madeAt: z.number(),
  madeBy: z.string(),
  approvedBy: z.exactOptional(z.string()),
  from: z.exactOptional(z.number()),
  until: z.exactOptional(z.number()),
  endedBy: z.exactOptional(z.string()),
});
const learnerRow: z.ZodType<LearnerRow> = z.strictObject({
  id: z.string(),
  name: z.string(),
  site: z.exactOptional(z.string()),
  siteName: z.exactOptional(z.string()),
  invitedBy: z.string(),
  invitedAt: z.number(),
  invitationUntil: z.exactOptional(z.number()),
  lastAt: z.exactOptional(z.number()),
  done: z.array(z.string()),
});
const overview: z.ZodType<AwarenessOverview> = z.strictObject({
  lessons: z.exactOptional(
    z.array(z.strictObject({ id: z.string(), audience: z.enum(['shop', 'staff']), title: z.string() })),
  ),
  campaigns: z.array(campaignRow),
  suggestions: z.array(
    z.strictObject({
      incident: z.string(),
      incidentTitle: z.string(),
      theme: z.string(),
      lesson: z.string(),
      city: z.exactOptional(z.string()),
      text: byLanguage,
      waits: z.exactOptional(z.literal('not-contained')),
    }),
  ),
  learners: z.array(learnerRow),
  sites: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  retentionDays: z.number(),
});
const invitation: z.ZodType<Invitation> = z.strictObject({ learner: learnerRow, link: z.string() });

const rowOf = ({ site: _, ...row }: Campaign): CampaignRow => row;

const harms = {
  address: 'It names a street. No place smaller than a town may be named.',
  link: 'It holds a link or an address in the network. The lesson is linked by itself.',
  telephone: 'It holds a telephone number.',
  number: 'It holds a long number. Leave it out.',
  name: 'It names a person, a site or a thing of ours.',
} as const;

/** What the public learns, what staff have learnt, and what the public is warned of. */
export function awarenessRoutes(parts: ApiParts): Route[] {
  const { awareness, clock, options, registry, sessions } = parts;
  const bucket = new TokenBucket(PUBLIC_PER_SECOND, PUBLIC_BURST);
  const limited = () => {
    if (!bucket.tryTake(1))
      throw new Problem(429, 'busy', 'Too much is asked at once. Try again in a moment.', {
        retryAfterSeconds: 2,
      });
  };
  const taught = async (): Promise<Course> => {
    const course = await awareness.course();
    if (course === undefined) throw new Problem(503, 'not-built', 'The learning pages are not built here.');
    return course;
  };
  const by = (context: Context, { name }: Caller, action: string, about: string) => ({
    at: clock.now(),
    by: name,
    from: addressOf(context, options),
    action,
    about,
  });
  /** Who learns: by invitation, else by the desk's session. */
  const learnerOf = (context: Context): { learner: Learner; caller?: Caller } | undefined => {
    const bearer = /^Bearer ([\w-]{20,64})$/.exec(context.req.header('authorization') ?? '')?.[1];
    const invited = bearer === undefined ? undefined : awareness.byInvitation(bearer);
    if (invited !== undefined) return { learner: invited };
    const caller = sessions.find(getCookie(context, cookieName(isEncrypted(context, options))));
    return caller === undefined ? undefined : { learner: awareness.byAccount(caller.name), caller };
  };
  const learnerRowOf = ({ tokenHash: _hash, done, site, ...rest }: Learner): LearnerRow => ({
    ...rest,
    ...(site === undefined ? {} : { site, siteName: registry.site(site)?.name ?? site }),
    done: done.map(({ lesson }) => lesson),
  });
  // Who sees whom and what: staff of their own sites, warnings of their own sites' incidents.
  const seesLearner = ({ scope }: Caller, { site }: Pick<Learner, 'site'>) =>
    scope.isAll || scope.seesSite(site);
  const seesCampaign = ({ scope }: Caller, { site }: Campaign) =>
    scope.isAll || (site.length > 0 && site.every((one) => scope.seesSite(one)));
  const campaignOf = (caller: Caller, id: string): Campaign => {
    const found = awareness.campaign(id);
    if (found === undefined || !seesCampaign(caller, found)) throw notThere('campaign');
    return found;
  };
  return [
    openRoute({
      method: 'get',
      path: '/api/learn/campaigns',
      title: 'Warnings of now, for everybody',
      answer: { schema: publicCampaigns, title: 'What goes on, in general words' },
      handle: ({ context }) =>
        context.json({
          items: awareness
            .published()
            .map(({ id, text, lesson, until }) => ({ id, text, lesson, until: until ?? 0 })),
        } satisfies PublicCampaigns),
    }),
    openRoute({
      method: 'get',
      path: '/api/learn/test',
      title: 'The questions of a test for the certificate',
      query: z.strictObject({ course: z.enum(['shop', 'staff']).default('shop') }),
      answer: { schema: testPaper, title: 'Questions by lesson and place' },
      async handle({ context, query }) {
        limited();
        return context.json(awareness.paper(await taught(), query.course) satisfies TestPaper);
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/learn/certificates',
      title: 'Hand in a test; nothing of it is kept',
      body: z.strictObject({ test: z.string().max(128), answers, name: person }),
      answer: { schema: testResult, title: 'Passed, with the number of the certificate, or not' },
      async handle({ context, body }) {
        limited();
        if (!isPrintable(body.name))
          throw new Problem(422, 'name', 'The certificate can print Western European letters only.', {
            field: 'name',
          });
        const result = awareness.grade(await taught(), body);
        if (result === undefined) throw new Problem(409, 'over', 'This test is over. Take a new one.');
        return context.json(result satisfies TestResult);
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/learn/certificates/check',
      title: 'Whether a certificate is genuine',
      body: z.strictObject({ number: z.string().max(80), name: person.optional() }),
      answer: { schema: checked, title: 'What its number says' },
      handle({ context, body }) {
        limited();
        const found = awareness.check(body.number, body.name);
        const answer: CheckedCertificate =
          found === undefined
            ? { valid: false }
            : {
                valid: true,
                course: found.facts.course,
                at: startOfDay(found.facts.day),
                share: found.facts.percent / 100,
                ...(found.nameFits === undefined ? {} : { nameFits: found.nameFits }),
              };
        return context.json(answer);
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/learn/certificates/pdf',
      title: 'The certificate as PDF',
      body: z.strictObject({
        number: z.string().max(80),
        name: person,
        language: z.string().max(8).default('en'),
      }),
      answer: { mediaType: 'application/pdf', title: 'One page' },
      async handle({ context, body: { number, name, language } }) {
        limited();
        const bytes = await awareness.pdf(number, name, language);
        if (bytes === undefined)
          throw new Problem(409, 'not-issued', 'Number and name do not belong together.');
        return context.body(bytes, 200, { 'content-type': 'application/pdf' });
      },
    }),
    openRoute({
      method: 'get',
      path: '/api/learn/mine',
      title: 'Who learns, by an invitation or the session of the desk; nobody in particular otherwise',
      answer: { schema: learning, title: 'What is done' },
      handle({ context }) {
        limited();
        const found = learnerOf(context);
        const answer: Learning = {
          ...(found === undefined
            ? {}
            : {
                learner: {
                  name: found.learner.name,
                  done: found.learner.done,
                  ...(found.caller === undefined ? {} : { token: found.caller.token }),
                },
              }),
          retentionDays: awareness.settings.retentionDays,
        };
        return context.json(answer);
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/learn/done',
      title: 'Answers of a lesson: graded, recorded as done for staff, and forgotten',
      body: z.strictObject({ lesson: identifier, answers }),
      answer: { schema: lessonResult, title: 'Whether it is passed, and noted' },
      async handle({ context, body }) {
        limited();
        const course = await taught();
        const lesson = course.lessons.find(({ id }) => id === body.lesson);
        if (lesson === undefined) throw notThere('lesson');
        const found = learnerOf(context);
        // A session alone proves no wish: the page must have asked.
        const isMeant =
          found?.caller === undefined || isToken(context.req.header('x-gatehouse-token'), found.caller.token);
        const learner = isMeant ? found?.learner : undefined;
        return context.json(
          (await awareness.done(
            learner,
            lesson.right,
            lesson.id,
            body.answers,
            course.passShare,
          )) satisfies LessonResult,
        );
      },
    }),
    route({
      method: 'get',
      path: '/api/awareness',
      title: 'Warnings, what incidents give cause for, and what staff have done',
      needs: 'awareness.read',
      answer: { schema: overview, title: 'The overview' },
      async handle({ context }, caller) {
        const course = await awareness.course();
        const answer: AwarenessOverview = {
          ...(course === undefined
            ? {}
            : {
                lessons: course.lessons.map(({ id, audience, title }) => ({
                  id,
                  audience,
                  title: title.en ?? id,
                })),
              }),
          campaigns: awareness
            .campaigns()
            .filter((one) => seesCampaign(caller, one))
            .map(rowOf),
          suggestions: awareness
            .causes((site) => caller.scope.seesSite(site))
            .map(({ id, title, state, draft }) => ({
              incident: id,
              incidentTitle: title,
              ...draft,
              ...(helpsAttacker(state) ? { waits: 'not-contained' as const } : {}),
            })),
          learners: awareness
            .learners()
            .filter((one) => seesLearner(caller, one))
            .map(learnerRowOf),
          sites: registry.document.sites
            .filter(({ id }) => caller.scope.seesSite(id))
            .map(({ id, name }) => ({ id, name })),
          retentionDays: awareness.settings.retentionDays,
        };
        return context.json(answer);
      },
    }),
    route({
      method: 'post',
      path: '/api/awareness/invitations',
      title: 'Invite somebody of the staff to learn; the link is told this once',
      needs: 'awareness.invite',
      body: z.strictObject({ name: person, site: identifier.optional() }),
      answer: { schema: invitation, title: 'The link' },
      async handle({ context, body }, caller) {
        if (
          body.site !== undefined
            ? !caller.scope.seesSite(body.site) || registry.site(body.site) === undefined
            : !caller.scope.isAll
        )
          throw new Problem(422, 'no-such-site', 'Name one of your sites.', { field: 'site' });
        const made = await awareness.invite(
          { name: body.name.trim(), site: body.site },
          by(context, caller, 'awareness.invite', body.site ?? ''),
        );
        if (made === undefined) throw new Problem(409, 'full', 'There are too many who learn.');
        const answer: Invitation = {
          learner: learnerRowOf(made.learner),
          link: `/learn/en/staff/#i=${made.token}`,
        };
        return context.json(answer);
      },
    }),
    route({
      method: 'post',
      path: '/api/awareness/learners/:id/remove',
      title: 'Delete what is noted of somebody; an invitation opens no more',
      needs: 'awareness.invite',
      params: named,
      body: z.strictObject({}),
      status: 204,
      answer: { title: 'Deleted' },
      async handle({ context, params: { id } }, caller) {
        const found = awareness.learner(id);
        if (found === undefined || !seesLearner(caller, found)) throw notThere('learner');
        await awareness.remove(id, by(context, caller, 'awareness.remove', id));
        return context.body(null, 204);
      },
    }),
    route({
      method: 'post',
      path: '/api/awareness/campaigns',
      title: 'Draft a warning from an incident; nothing is public yet',
      needs: 'incidents.handle',
      body: z.strictObject({ incident: z.string().min(1).max(256) }),
      answer: { schema: campaignRow, title: 'The draft' },
      async handle({ context, body }, caller) {
        const cause = awareness.cause(body.incident);
        if (cause === undefined || !cause.sites.every((site) => caller.scope.seesSite(site)))
          throw new Problem(422, 'no-cause', 'This incident gives no cause for a public warning.', {
            field: 'incident',
          });
        const known = awareness.campaigns();
        if (known.some(({ incident }) => incident === cause.id))
          throw new Problem(409, 'there', 'There is a warning for this incident already.');
        if (known.length >= MAX_CAMPAIGNS) throw new Problem(409, 'full', 'There are too many warnings.');
        const id = `w-${clock.now().toString(36)}-${cause.id.slice(-6)}`;
        const made = await awareness.put(
          {
            id,
            state: 'draft',
            ...cause.draft,
            incident: cause.id,
            site: [...cause.sites],
            madeAt: clock.now(),
            madeBy: caller.name,
          },
          by(context, caller, 'awareness.draft', cause.id),
        );
        return context.json(rowOf(made));
      },
    }),
    route({
      method: 'post',
      path: '/api/awareness/campaigns/:id/approve',
      title: 'Make a warning public for a time; refused while its incident still runs',
      needs: 'awareness.approve',
      params: named,
      body: z.strictObject({ text: texts, until: instant }),
      answer: { schema: campaignRow, title: 'The warning' },
      async handle({ context, params: { id }, body }, caller) {
        const draft = campaignOf(caller, id);
        if (draft.state !== 'draft') throw new Problem(409, 'not-a-draft', 'It is no draft any more.');
        if (awareness.mustWait(draft))
          throw new Problem(
            409,
            'not-contained',
            'The incident is not contained yet: a warning would help whoever is at it.',
          );
        const now = clock.now();
        if (body.until <= now || body.until > now + LONGEST_CAMPAIGN_MS)
          throw new Problem(422, 'until', 'A warning lasts 30 days at most, and ends in the future.', {
            field: 'until',
          });
        for (const text of Object.values(body.text)) {
          const harm = harmIn(text, awareness.names());
          if (harm !== undefined) throw new Problem(422, `harm-${harm}`, harms[harm], { field: 'text' });
        }
        const made = await awareness.put(
          {
            ...draft,
            state: 'public',
            text: body.text,
            from: now,
            until: body.until,
            approvedBy: caller.name,
          },
          by(context, caller, 'awareness.approve', id),
        );
        return context.json(rowOf(made));
      },
    }),
    route({
      method: 'post',
      path: '/api/awareness/campaigns/:id/end',
      title: 'End a warning, or discard a draft',
      needs: 'awareness.approve',
      params: named,
      body: z.strictObject({}),
      status: 204,
      answer: { title: 'It is over' },
      async handle({ context, params: { id } }, caller) {
        const found = campaignOf(caller, id);
        if (found.state === 'draft')
          await awareness.discard(id, by(context, caller, 'awareness.discard', id));
        else if (found.state === 'public')
          await awareness.put(
            { ...found, state: 'ended', until: clock.now(), endedBy: caller.name },
            by(context, caller, 'awareness.end', id),
          );
        return context.body(null, 204);
      },
    }),
  ];
}
