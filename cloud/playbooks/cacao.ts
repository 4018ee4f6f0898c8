/**
 * Playbooks as OASIS CACAO Security Playbooks 2.0 has them: what is read, and what is wrong with what can't be. What we
 * do not know of a playbook is kept as it came and written again.
 */
import { z } from 'zod';

/** Bytes of one playbook as JSON, at most. */
export const MAX_PLAYBOOK_BYTES = 256 * 1024;
/** Steps of one playbook, at most: nobody reads a longer list in an emergency. */
export const MAX_STEPS = 200;
const MAX_COMMANDS = 20;
const MAX_BRANCHES = 20;
const MAX_VARIABLES = 100;
const MAX_WORDS = 4_000;
/** A day: a longer wait belongs into a calendar. */
export const MAX_WAIT_MS = 86_400_000;

const uuid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}';
/** Section 10.7: an object's type, two hyphens, a UUID. */
export const cacaoIdentifier = z
  .string()
  .regex(new RegExp(`^[a-z][a-z0-9-]+[a-z0-9]--${uuid}$`), 'expected TYPE--UUID');
const identifierOf = (type: string) =>
  z.string().regex(new RegExp(`^${type}--${uuid}$`), `expected ${type}--UUID`);
const timestamp = z
  .string()
  .regex(
    /^\d{4}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z$/,
    'expected a time such as 2026-11-01T12:00:00.000Z',
  );
const words = z.string().max(MAX_WORDS);
const hundred = z.number().int().min(0).max(100);
const maybe = z.exactOptional;

/** Section 10.18. A value is always text; its type says how to read it. */
export const cacaoVariable = z.looseObject({
  type: z.string().max(64),
  description: maybe(words),
  value: maybe(z.union([z.string().max(MAX_WORDS), z.null()])),
  constant: maybe(z.boolean()),
  external: maybe(z.boolean()),
});
export type CacaoVariable = z.infer<typeof cacaoVariable>;

export const variableName = /^__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__$/;
const variables = z
  .record(z.string().regex(variableName, 'expected a name such as __door__'), cacaoVariable)
  .refine((all) => Object.keys(all).length <= MAX_VARIABLES, `at most ${MAX_VARIABLES} variables`);

/** Section 5. Types out of the open vocabulary and our own alike; what they say is checked when they are used. */
export const cacaoCommand = z.looseObject({
  type: z.string().min(1).max(64),
  description: maybe(words),
  command: maybe(words),
  content: maybe(words),
  command_b64: maybe(z.base64().max(MAX_WORDS)),
  content_b64: maybe(z.base64().max(MAX_WORDS)),
});
export type CacaoCommand = z.infer<typeof cacaoCommand>;

/** Section 4.1: what every step has. */
const anyStep = {
  name: maybe(z.string().max(256)),
  description: maybe(words),
  /** Milliseconds before the step begins. */
  delay: maybe(z.number().int().min(1).max(MAX_WAIT_MS)),
  /** Milliseconds after which it counts as failed. */
  timeout: maybe(z.number().int().min(1).max(MAX_WAIT_MS)),
  step_variables: maybe(variables),
  owner: maybe(cacaoIdentifier),
  on_completion: maybe(cacaoIdentifier),
  on_success: maybe(cacaoIdentifier),
  on_failure: maybe(cacaoIdentifier),
  step_extensions: maybe(z.record(z.string(), z.looseObject({}))),
};
const args = maybe(z.array(z.string().max(256)).min(1).max(MAX_VARIABLES));

/** Section 4: one step of the workflow. */
export const workflowStep = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('start'), ...anyStep }),
  z.looseObject({ type: z.literal('end'), ...anyStep }),
  z.looseObject({
    type: z.literal('action'),
    ...anyStep,
    commands: z.array(cacaoCommand).min(1).max(MAX_COMMANDS),
    agent: cacaoIdentifier,
    targets: maybe(z.array(cacaoIdentifier).min(1).max(MAX_BRANCHES)),
    in_args: args,
    out_args: args,
  }),
  z.looseObject({
    type: z.literal('playbook-action'),
    ...anyStep,
    playbook_id: identifierOf('playbook'),
    playbook_version: maybe(timestamp),
  }),
  z.looseObject({
    type: z.literal('parallel'),
    ...anyStep,
    next_steps: z.array(cacaoIdentifier).min(2).max(MAX_BRANCHES),
  }),
  z.looseObject({
    type: z.literal('if-condition'),
    ...anyStep,
    condition: z.string().min(1).max(1_000),
    on_true: cacaoIdentifier,
    on_false: maybe(cacaoIdentifier),
  }),
  z.looseObject({
    type: z.literal('while-condition'),
    ...anyStep,
    condition: z.string().min(1).max(1_000),
    on_true: cacaoIdentifier,
  }),
  z.looseObject({
    type: z.literal('switch-condition'),
    ...anyStep,
    switch: z.string().min(1).max(256),
    cases: z
      .record(z.string().max(250), cacaoIdentifier)
      .refine((all) => Object.keys(all).length > 0 && Object.keys(all).length <= MAX_BRANCHES, {
        message: `expected 1 to ${MAX_BRANCHES} cases`,
      }),
  }),
]);
export type WorkflowStep = z.infer<typeof workflowStep>;
export type StepType = WorkflowStep['type'];

/** Section 7: who carries out, and what it is done to. */
const agentTarget = z.looseObject({
  type: z.string().min(1).max(64),
  name: z.string().min(1).max(256),
  description: maybe(words),
});
const definitions = maybe(z.record(cacaoIdentifier, agentTarget));

/** Section 3: the playbook. */
export const playbook = z.looseObject({
  type: z.literal('playbook'),
  spec_version: z.literal('cacao-2.0'),
  id: identifierOf('playbook'),
  name: z.string().min(1).max(256),
  description: maybe(words),
  playbook_types: maybe(z.array(z.string().max(64)).max(20)),
  playbook_activities: maybe(z.array(z.string().max(64)).min(1).max(40)),
  created_by: cacaoIdentifier,
  created: timestamp,
  modified: timestamp,
  revoked: maybe(z.boolean()),
  valid_from: maybe(timestamp),
  valid_until: maybe(timestamp),
  derived_from: maybe(z.array(cacaoIdentifier).min(1).max(20)),
  priority: maybe(hundred),
  severity: maybe(hundred),
  impact: maybe(hundred),
  industry_sectors: maybe(z.array(z.string().max(64)).min(1).max(40)),
  labels: maybe(z.array(z.string().max(128)).min(1).max(64)),
  playbook_variables: maybe(variables),
  workflow_start: cacaoIdentifier,
  workflow_exception: maybe(cacaoIdentifier),
  workflow: z
    .record(cacaoIdentifier, workflowStep)
    .refine((all) => Object.keys(all).length <= MAX_STEPS, `at most ${MAX_STEPS} steps`),
  agent_definitions: definitions,
  target_definitions: definitions,
  extension_definitions: maybe(z.record(z.string(), z.looseObject({}))),
});
export type Playbook = z.infer<typeof playbook>;

/** What is wrong with a playbook; `step` where it is one step's matter. */
export interface PlaybookProblem {
  /** The property, from the playbook down: `workflow.action--….on_success`. */
  path: string;
  step?: string;
  message: string;
}

export type ReadPlaybook = { playbook: Playbook; problems?: never } | { problems: PlaybookProblem[] };

/** Problems told of one playbook, at most. */
const MAX_PROBLEMS = 50;

/** A playbook out of anything; what it lacks is said by path and step. Whether its workflow holds together, `check.ts` says. */
export function readPlaybook(value: unknown): ReadPlaybook {
  const result = playbook.safeParse(value);
  if (result.success) return { playbook: result.data };
  return {
    problems: result.error.issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => {
      const [first, step] = path.map(String);
      return {
        path: path.map(String).join('.'),
        ...(first === 'workflow' && step !== undefined ? { step } : {}),
        message,
      };
    }),
  };
}

/** As `readPlaybook`, from a file's text. */
export function readPlaybookText(text: string): ReadPlaybook {
  if (Buffer.byteLength(text) > MAX_PLAYBOOK_BYTES)
    return { problems: [{ path: '', message: `a playbook is ${MAX_PLAYBOOK_BYTES} bytes long at most` }] };
  try {
    return readPlaybook(JSON.parse(text));
  } catch (error) {
    return {
      problems: [{ path: '', message: `is not JSON: ${error instanceof Error ? error.message : ''}` }],
    };
  }
}

/** As a file, for other programs: indented, with what came with it. */
export const writePlaybook = (of: Playbook): string => `${JSON.stringify(of, null, 2)}\n`;

/** What a step is called by people. */
export const stepName = (id: string, { name, type }: Pick<WorkflowStep, 'name' | 'type'>): string =>
  name ?? `${type} ${id.slice(id.indexOf('--') + 2, id.indexOf('--') + 6)}`;
