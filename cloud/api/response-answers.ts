/** The shapes of the response's answers, as contract/response.ts has them. */
import { z } from 'zod';
import type {
  IncidentResponse,
  PlaybookCheck,
  PlaybookLibrary,
  PlaybookPage,
  PlaybookRow,
  Rehearsed,
  RunList,
  RunPage,
  RunPreparation,
  RunRow,
} from './contract/response.ts';

const maybe = z.exactOptional;
const texts = z.array(z.string());
const danger = z.enum(['people', 'trade']);
const stepType = z.enum([
  'start',
  'end',
  'action',
  'playbook-action',
  'parallel',
  'if-condition',
  'while-condition',
  'switch-condition',
]);

export const playbookRow: z.ZodType<PlaybookRow> = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  labels: texts,
  severity: z.number(),
  steps: z.number(),
  machineSteps: z.number(),
  version: z.number(),
  isBuiltIn: z.boolean(),
  changed: maybe(z.strictObject({ at: z.number(), by: z.string() })),
  underWay: z.number(),
});

export const playbookLibrary: z.ZodType<PlaybookLibrary> = z.strictObject({
  items: z.array(playbookRow),
  actions: z.array(z.strictObject({ command: z.string(), title: z.string(), example: z.string() })),
  targets: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      calls: z.array(
        z.strictObject({
          name: z.string(),
          title: z.string(),
          arguments: texts,
          endangers: z.enum(['none', 'people', 'trade']),
        }),
      ),
    }),
  ),
  groups: texts,
  facts: texts,
});

const problemRow = z.strictObject({ path: z.string(), step: maybe(z.string()), message: z.string() });
export const playbookCheck: z.ZodType<PlaybookCheck> = z.strictObject({ problems: z.array(problemRow) });

const playbookStep = z.looseObject({ type: stepType });
export const playbookPage: z.ZodType<PlaybookPage> = z.strictObject({
  row: playbookRow,
  playbook: z.looseObject({
    type: z.literal('playbook'),
    spec_version: z.literal('cacao-2.0'),
    id: z.string(),
    name: z.string(),
    created: z.string(),
    modified: z.string(),
    created_by: z.string(),
    workflow_start: z.string(),
    workflow: z.record(z.string(), playbookStep),
  }),
  versions: z.array(z.strictObject({ version: z.number(), at: maybe(z.number()), by: maybe(z.string()) })),
  problems: z.array(problemRow),
});

export const runRow: z.ZodType<RunRow> = z.strictObject({
  id: z.string(),
  incident: z.string(),
  title: z.string(),
  playbook: z.string(),
  playbookName: z.string(),
  site: maybe(z.string()),
  status: z.enum(['running', 'done', 'cancelled']),
  startedAt: z.number(),
  startedBy: z.string(),
  endedAt: maybe(z.number()),
  done: z.number(),
  total: z.number(),
  asking: z.number(),
  approvals: z.number(),
  reviews: z.number(),
});

export const runList: z.ZodType<RunList> = z.strictObject({ items: z.array(runRow) });

export const runPage: z.ZodType<RunPage> = z.strictObject({
  row: runRow,
  version: z.number(),
  steps: z.array(
    z.strictObject({
      key: z.string(),
      step: z.string(),
      name: z.string(),
      type: stepType,
      by: z.enum(['person', 'machine', 'flow']),
      agent: maybe(z.string()),
      state: z.enum([
        'ahead',
        'waiting',
        'approval',
        'todo',
        'running',
        'unknown',
        'failed',
        'open',
        'done',
        'skipped',
        'cancelled',
      ]),
      says: texts,
      beganAt: maybe(z.number()),
      since: maybe(z.number()),
      startsAt: maybe(z.number()),
      dueAt: maybe(z.number()),
      isOverdue: maybe(z.boolean()),
      wentOn: maybe(z.boolean()),
      attempt: maybe(z.number()),
      assignee: maybe(z.string()),
      approval: maybe(
        z.strictObject({
          danger,
          says: texts,
          requestedBy: z.string(),
          requestedAt: z.number(),
          approvedBy: maybe(z.string()),
          approvedAt: maybe(z.number()),
          alone: maybe(
            z.strictObject({
              reason: z.string(),
              review: maybe(
                z.strictObject({ by: z.string(), at: z.number(), wasRight: z.boolean(), text: z.string() }),
              ),
            }),
          ),
        }),
      ),
      asks: z.array(
        z.strictObject({ name: z.string(), description: z.string(), type: z.string(), choices: texts }),
      ),
      sent: z.array(
        z.strictObject({
          says: z.string(),
          at: z.number(),
          state: z.enum(['sent', 'ok', 'failed', 'unknown']),
          detail: maybe(z.string()),
        }),
      ),
      endedBy: maybe(z.string()),
      text: maybe(z.string()),
    }),
  ),
  values: z.array(z.strictObject({ name: z.string(), description: z.string(), value: z.string() })),
  log: z.array(
    z.strictObject({
      at: z.number(),
      by: z.string(),
      step: maybe(z.string()),
      what: z.string(),
      text: maybe(z.string()),
    }),
  ),
  alone: maybe(z.strictObject({ afterMs: z.number() })),
  text: maybe(z.string()),
  endedBy: maybe(z.string()),
});

export const incidentResponse: z.ZodType<IncidentResponse> = z.strictObject({
  suggested: z.array(z.strictObject({ playbook: playbookRow, because: texts })),
  runs: z.array(runRow),
});

export const runPreparation: z.ZodType<RunPreparation> = z.strictObject({
  playbook: playbookRow,
  questions: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      value: z.string(),
      choices: z.array(z.strictObject({ value: z.string(), label: z.string() })),
    }),
  ),
});

export const rehearsed: z.ZodType<Rehearsed> = z.strictObject({
  steps: z.array(
    z.strictObject({
      step: z.string(),
      name: z.string(),
      type: z.string(),
      by: z.enum(['person', 'machine', 'flow']),
      says: texts,
      danger: maybe(danger),
      problem: maybe(z.string()),
      delayMs: maybe(z.number()),
      timeoutMs: maybe(z.number()),
      assumed: maybe(z.record(z.string(), z.string())),
    }),
  ),
  ends: z.boolean(),
});
