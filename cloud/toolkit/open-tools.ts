/** The ten tools for people, opened: a new one is a file in tools/, its entry in catalog.ts and its line here. */
import type { Alerting } from '../alerting/alerting.ts';
import type { Awareness } from '../awareness/awareness.ts';
import type { Continuity } from '../continuity/continuity.ts';
import type { Duties } from '../duties/duties.ts';
import type { Responder } from '../playbooks/response.ts';
import type { Sharing } from '../sharing/sharing.ts';
import type { IncidentDesk } from '../shifts/incident-desk.ts';
import type { PeopleToolId } from './catalog.ts';
import type { ToolLife } from './tool-life.ts';
import { openLearning } from './tools/awareness.ts';
import type { House } from './tools/house.ts';
import { openDesk } from './tools/incident-desk.ts';
import { assetMapLife, cascadeLife, riskLife } from './tools/landscape.ts';
import { openRecovery } from './tools/recovery.ts';
import { openResponder } from './tools/response.ts';
import { openTelling } from './tools/sharing.ts';
import { pictureLife } from './tools/situational-picture.ts';
import { intelligenceLife } from './tools/threat-intelligence.ts';

/** What routes work with. */
export interface ToolParts {
  incidentDesk: IncidentDesk;
  response: Responder;
  alerting: Alerting;
  duties: Duties;
  sharing: Sharing;
  continuity: Continuity;
  awareness: Awareness;
}

export interface OpenTools {
  parts: ToolParts;
  lives: Record<PeopleToolId, ToolLife>;
}

/** Opens all of them, on or off: what does something by itself begins with its life. */
export async function openTools(house: House): Promise<OpenTools> {
  const { life: desk, ...ofDesk } = openDesk(house);
  const { life: response, ...ofResponse } = openResponder(house);
  const { life: recovery, ...ofRecovery } = await openRecovery(house);
  const { life: sharing, ...ofSharing } = await openTelling(house, {
    onDuty: () => ofDesk.incidentDesk.shifts.onDuty(),
    isExercise: (incident) => ofRecovery.continuity.exercises.ofIncident(incident) !== undefined,
  });
  const { life: awareness, ...ofAwareness } = await openLearning(house);
  return {
    parts: { ...ofDesk, ...ofResponse, ...ofRecovery, ...ofSharing, ...ofAwareness },
    lives: {
      'situational-picture': pictureLife(house),
      'asset-map': assetMapLife(house),
      risk: riskLife(house),
      'cascading-effects': cascadeLife(house),
      'incident-desk': desk,
      response,
      recovery,
      'threat-intelligence': intelligenceLife(house),
      sharing,
      awareness,
    },
  };
}
