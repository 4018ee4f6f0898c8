/** Requests to the cloud that serves the site, and to nobody else. */
import type {
  CheckedCertificate,
  Learning,
  LessonResult,
  PublicCampaigns,
  TestPaper,
  TestResult,
} from '../../../cloud/api/contract.ts';
import { type Check, RequestError, shaped } from '../../kit/request.ts';
import { invitation, root } from './device.ts';

const TIMEOUT_MS = 15_000;

const isCampaigns = shaped<PublicCampaigns>({ items: 'array' });
const isPaper = shaped<TestPaper>({ test: 'string', questions: 'array' });
const isResult = shaped<TestResult>({ passed: 'boolean', share: 'number', wrong: 'array' });
const isChecked = shaped<CheckedCertificate>({ valid: 'boolean' });
const isLearning = shaped<Learning>({ retentionDays: 'number' });
const isLessonResult = shaped<LessonResult>({ passed: 'boolean', recorded: 'boolean' });

/** Of the desk's session, where somebody is signed in there. */
let sessionToken: string | undefined;

async function ask(path: string, body?: unknown): Promise<Response> {
  const token = invitation();
  let response: Response;
  try {
    response = await fetch(new URL(`../api/learn/${path}`, root()), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(sessionToken === undefined ? {} : { 'x-gatehouse-token': sessionToken }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new RequestError(0, 'unreachable', path);
  }
  if (!response.ok) throw new RequestError(response.status, 'refused', path);
  return response;
}

async function asked<Answer>(check: Check<Answer>, path: string, body?: unknown): Promise<Answer> {
  const answer: unknown = await (await ask(path, body)).json().catch(() => undefined);
  if (!check(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}

export const fetchCampaigns = () => asked(isCampaigns, 'campaigns');
export const fetchTest = (course: 'shop' | 'staff') => asked(isPaper, `test?course=${course}`);
export const handIn = (test: string, answers: readonly number[], name: string) =>
  asked(isResult, 'certificates', { test, answers, name });
export const checkCertificate = (number: string, name: string) =>
  asked(isChecked, 'certificates/check', { number, ...(name === '' ? {} : { name }) });
export const fetchPdf = async (number: string, name: string, language: string): Promise<Blob> =>
  (await ask('certificates/pdf', { number, name, language })).blob();
export async function fetchLearning(): Promise<Learning> {
  const learning = await asked(isLearning, 'mine');
  sessionToken = learning.learner?.token;
  return learning;
}
export const lessonDone = (lesson: string, answers: readonly number[]) =>
  asked(isLessonResult, 'done', { lesson, answers });
