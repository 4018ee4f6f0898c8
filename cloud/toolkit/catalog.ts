/**
 * The 19 tools of the house: nine monitors in the back (cloud/monitors/nine.ts) and ten that people work with. What
 * belongs to each is said here alone: its routes, its pages on the desk, whom it needs. What is in no tool is the
 * house's own and always there: accounts, the registry, what was recorded, reports of it, and the page of the tools.
 */
import { INTELLIGENCE_RULE } from '../monitors/intelligence-match.ts';
import { type MonitorId, monitorIds, nineMonitors } from '../monitors/nine.ts';

export const peopleToolIds = [
  'situational-picture',
  'asset-map',
  'risk',
  'cascading-effects',
  'incident-desk',
  'response',
  'recovery',
  'threat-intelligence',
  'sharing',
  'awareness',
] as const;
export type PeopleToolId = (typeof peopleToolIds)[number];
export type ToolId = MonitorId | PeopleToolId;

export const toolIds = [...monitorIds, ...peopleToolIds] as const satisfies readonly ToolId[];

export interface Tool {
  readonly id: ToolId;
  readonly title: string;
  /** What it watches or does, in a sentence. */
  readonly about: string;
  /** What is missing while it is off, in a sentence. */
  readonly without: string;
  /** It does not run without these: while one of them is off it is held. */
  readonly needs: readonly PeopleToolId[];
  /** Routes that begin so are its own, as they are written in the routes; the longest beginning decides. */
  readonly routes: readonly string[];
  /** Sections of the desk's address (dashboards/desk/pages.ts). */
  readonly sections: readonly string[];
  /** Beginnings of the actions in the audit log that are its use. */
  readonly actions: readonly string[];
  /** What the detector runs for it, by kind, besides the nine monitors'. */
  readonly runs: readonly string[];
}

type Belongings = Partial<Pick<Tool, 'needs' | 'routes' | 'sections' | 'actions' | 'runs'>>;

/** What the monitors have beside what nine.ts says of them. */
const ofMonitors: Readonly<Record<MonitorId, Belongings & Pick<Tool, 'without'>>> = {
  'physical-asset': {
    without: 'Gateways still alarm on the site; what they find of fridges and devices is in no incident.',
  },
  access: {
    without: 'Gateways still alarm on the site; what they find of doors and badges is in no incident.',
  },
  communication: { without: 'Networks and web servers are not looked at.' },
  behavioural: { without: 'Orders, payments and accounts are not looked at.' },
  'application-integrity': {
    without: "The shop's pages and files are not fetched and not compared.",
    routes: ['/api/integrity'],
    actions: ['integrity.', 'deployment.'],
  },
  policy: { without: 'The rules of the house are not checked.', routes: ['/api/policies'] },
  'identity-bridge': {
    without: "No credential is issued or checked: couriers and devices can't prove who they are.",
    routes: ['/api/identity', '/.well-known/did.json'],
    actions: ['credential.'],
  },
  // What it wrote down can be read and proved whether it is on or off: a switch must not hide evidence.
  'audit-trail': {
    without: 'What changes is never written into the tamper-evident log, later either.',
    actions: ['audit.'],
  },
  'incident-detector': {
    without: 'Detections are stored and shown with their monitors, and none becomes an incident.',
  },
};

const ofPeople: Readonly<Record<PeopleToolId, Belongings & Pick<Tool, 'title' | 'about' | 'without'>>> = {
  'situational-picture': {
    title: 'Situational picture',
    about: 'All sites on a map and each on its floor plan, as they are and as they were.',
    without:
      'No map, no plans, no past; who is where is not kept in mind. Links that go down are still written down.',
    routes: ['/api/picture/', '/api/plans'],
    sections: ['', 'map', 'wall', 'plans'],
    actions: ['plan.'],
  },
  'asset-map': {
    title: 'Asset and threat map',
    about: 'What there is, who belongs to it, what depends on what and what threatens it, drawn and edited.',
    without:
      'Assets, people and dependencies stay as they are; the detector and the other tools still go by them.',
    routes: [
      '/api/assets',
      '/api/dependencies',
      '/api/registry/assets',
      '/api/registry/people',
      '/api/registry/take-back',
      '/api/registry/use',
    ],
    sections: ['assets'],
    actions: ['registry.', 'dependency.'],
  },
  risk: {
    title: 'Risk and resilience',
    about: 'The register of risks, reckoned from assets and threats, with what was decided on each.',
    without: 'No register and no decisions on it; those that were taken are kept.',
    routes: ['/api/risk'],
    sections: ['risk'],
    actions: ['risk.'],
  },
  'cascading-effects': {
    title: 'Cascading effects',
    about: 'What fails next when something fails, and what would help: of an incident, or what if.',
    without: 'Incidents do not say what fails next; how urgent they are still goes by what depends on what.',
    routes: ['/api/cascade', '/api/incidents/:id/cascade'],
    sections: ['cascade'],
    actions: ['cascade.'],
  },
  'incident-desk': {
    title: 'Incident desk',
    about:
      'The queue of incidents, each with its story, its evidence and its life; shifts, search, suppressions.',
    without: 'Incidents are made and kept, and alerts go out, but nobody can open or handle one at the desk.',
    routes: [
      '/api/incidents',
      '/api/desk',
      '/api/views',
      '/api/hunt',
      '/api/hunts',
      '/api/shifts',
      '/api/suppressions',
      '/api/rulings',
    ],
    sections: ['incidents', 'search', 'shifts', 'suppressions'],
    actions: ['incident.', 'shift.', 'hunt.', 'suppression.', 'evidence.'],
  },
  response: {
    title: 'Response',
    about:
      'Playbooks for people and machines, run step by step, with approvals where people or trade are at stake.',
    without: 'No playbook begins; runs under way stand still and go on when it is on again.',
    needs: ['incident-desk'],
    routes: ['/api/response'],
    sections: ['response'],
    actions: ['response.'],
  },
  recovery: {
    title: 'Recovery and continuity',
    about: 'Plans for going on without what has failed, with owners, a clock, checklists and exercises.',
    without: 'No plan is begun or ticked off; recoveries under way keep their clock.',
    routes: ['/api/continuity', '/api/incidents/:id/continuity', '/api/incidents/:id/real'],
    sections: ['continuity'],
    actions: ['continuity.', 'exercise.'],
  },
  'threat-intelligence': {
    title: 'Threat intelligence',
    about: 'Indicators from feeds, partners and people, matched against all that was seen.',
    without: 'No feed is read and nothing is matched; what was taken in is kept.',
    routes: ['/api/intelligence'],
    sections: ['intelligence'],
    actions: ['intelligence.'],
    runs: [INTELLIGENCE_RULE],
  },
  sharing: {
    title: 'Information sharing and notification',
    about: 'Alerts to people, duties to tell authorities, and incidents shared with partners.',
    without:
      'Nobody is alerted by phone or mail, partners fetch nothing, and the clocks of duties, which go on, are not shown.',
    routes: [
      '/api/alerting',
      '/api/duties',
      '/api/incidents/:id/duties',
      '/api/incidents/:id/cap',
      '/api/incidents/:id/stix',
      '/api/incidents/:id/ocsf',
      '/api/incidents/:id/release',
      '/api/incidents/:id/take-back',
      '/api/sharing',
    ],
    sections: ['alerts', 'duties'],
    actions: ['alerting.', 'duty.', 'share.', 'sharing.', 'incident.release', 'incident.take-back'],
  },
  awareness: {
    title: 'Awareness and training',
    about: 'Lessons for customers and staff, certificates, and public warnings out of real incidents.',
    without:
      'The public lessons and warnings answer nobody; what staff have learned is kept as long as always.',
    routes: ['/api/awareness', '/api/learn'],
    sections: ['awareness'],
    actions: ['awareness.'],
  },
};

const nothing = { needs: [], routes: [], sections: [], actions: [], runs: [] } as const;

export const toolkit: readonly Tool[] = [
  ...nineMonitors.map(({ id, title, about }) => ({ ...nothing, id, title, about, ...ofMonitors[id] })),
  ...peopleToolIds.map((id) => ({ ...nothing, id, ...ofPeople[id] })),
];

const byId = new Map(toolkit.map((tool) => [tool.id, tool]));

export function toolOf(id: ToolId): Tool {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`there is no tool ${id}`);
  return found;
}

export const isMonitor = (id: ToolId): id is MonitorId => monitorIds.some((one) => one === id);

/** @returns undefined for a route that is the house's own */
export function toolOfRoute(path: string): ToolId | undefined {
  let found: { id: ToolId; length: number } | undefined;
  for (const { id, routes } of toolkit)
    for (const beginning of routes)
      if (isBeginning(beginning, path) && beginning.length > (found?.length ?? 0))
        found = { id, length: beginning.length };
  return found?.id;
}

/** Whose use a line of the audit log is. */
export function toolOfAction(action: string): ToolId | undefined {
  let found: { id: ToolId; length: number } | undefined;
  for (const { id, actions } of toolkit)
    for (const beginning of actions)
      if (action.startsWith(beginning) && beginning.length > (found?.length ?? 0))
        found = { id, length: beginning.length };
  return found?.id;
}

const isBeginning = (beginning: string, path: string): boolean =>
  path === beginning || path.startsWith(beginning.endsWith('/') ? beginning : `${beginning}/`);
