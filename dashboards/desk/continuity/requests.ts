import type {
  ContinuityOverview,
  ContinuityPlanContent,
  ContinuityPlanPage,
  ExercisePage,
  ExerciseWish,
  IncidentContinuity,
  LessonsPage,
  RecoveryPage,
  RecoveryWord,
} from '../../../cloud/api/contract.ts';
import { type Check, RequestError, shaped } from '../../kit/request.ts';
import { api, session } from '../session.ts';

const isOverview = shaped<ContinuityOverview>({ plans: 'array', recoveries: 'array', exercises: 'array' });
const isPlan = shaped<ContinuityPlanPage>({ row: 'object', content: 'object', choices: 'object' });
const isRecovery = shaped<RecoveryPage>({ row: 'object', items: 'array', fallbacks: 'array' });
const isExercise = shaped<ExercisePage>({ row: 'object', incidents: 'array', history: 'array' });
const isIncident = shaped<IncidentContinuity>({ proposals: 'array', recoveries: 'array' });
const isLessons = shaped<LessonsPage>({ id: 'string', measures: 'array' });

const base = 'api/continuity';
const path = (...parts: readonly string[]) => [base, ...parts.map(encodeURIComponent)].join('/');

async function sent<Answer>(
  to: string,
  body: object,
  check: Check<Answer>,
  method: 'POST' | 'PUT' = 'POST',
): Promise<Answer> {
  const answer = await api.send(to, body, method);
  if (!check(answer)) throw new RequestError(200, 'unexpected', to);
  return answer;
}

export const fetchOverview = () => api.get(base, isOverview);
export const fetchPlan = (id: string) => api.get(path('plans', id), isPlan);
export const planFile = (id: string): string => path('plans', id, 'file');
export const createPlan = (starter: string, site: string) => sent(path('plans'), { starter, site }, isPlan);
export const savePlan = (id: string, version: number, content: ContinuityPlanContent) =>
  sent(path('plans', id), { base: version, content }, isPlan, 'PUT');
export const reviewPlan = (id: string) => sent(path('plans', id, 'reviewed'), {}, isPlan);
export const retirePlan = (id: string, text: string) => sent(path('plans', id, 'retire'), { text }, isPlan);

export const fetchRecovery = (id: string) => api.get(path('recoveries', id), isRecovery);
export const activate = (plan: string, text: string, incident?: string) =>
  sent(path('recoveries'), { plan, text, ...(incident === undefined ? {} : { incident }) }, isRecovery);
export const tellRecovery = (id: string, word: RecoveryWord) =>
  sent(path('recoveries', id), word, isRecovery);

export const fetchExercise = (id: string) => api.get(path('exercises', id), isExercise);
export const planExercise = (wish: ExerciseWish) => sent(path('exercises'), wish, isExercise);
export const moveExercise = (id: string, to: 'begin' | 'end' | 'cancel', body: object = {}) =>
  sent(path('exercises', id, to), body, isExercise);

export const saveLessons = (
  kind: LessonsPage['of']['kind'],
  id: string,
  said: Pick<LessonsPage, 'well' | 'badly'> & { measures: object[] },
) => sent(path('lessons', kind, id), said, isLessons, 'PUT');
/** @param lessons `recovery:<id>` or `exercise:<id>` */
export const finishMeasure = (lessons: string, measure: string, text: string) => {
  const [kind = '', id = ''] = lessons.split(':');
  return sent(path('lessons', kind, id, 'measures', measure), { text }, isLessons);
};

export const fetchIncident = (id: string) =>
  api.get(`api/incidents/${encodeURIComponent(id)}/continuity`, isIncident);
export const declareReal = (id: string, text: string) =>
  api.send(`api/incidents/${encodeURIComponent(id)}/real`, { text });

const isOneOf = (...roles: readonly string[]) => roles.includes(session.value?.role ?? '');
export const mayRun = () => isOneOf('responsible-person', 'operator', 'supervisor', 'administrator');
export const mayEdit = () => isOneOf('responsible-person', 'supervisor', 'administrator');
export const mayExercise = () => isOneOf('supervisor', 'administrator');
