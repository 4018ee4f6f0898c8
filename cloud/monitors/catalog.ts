import { integrityMonitors } from '../integrity/rules/catalog.ts';
import { webAttack } from '../web-attacks/web-attack.ts';
import { accountTakeover } from './account-takeover.ts';
import { bruteForce } from './brute-force.ts';
import { cardTesting } from './card-testing.ts';
import { communication } from './communication.ts';
import { credentialStuffing } from './credential-stuffing.ts';
import { distributedStuffing } from './distributed-stuffing.ts';
import { impossiblePosition, impossibleTravel } from './impossible-travel.ts';
import type { AnyMonitor } from './monitor.ts';
import { newAddressLogin } from './new-address-login.ts';
import { orderFlow } from './order-flow.ts';
import { payoutDiverted } from './payout-diverted.ts';
import { privilegeEscalation } from './privilege-escalation.ts';
import { requestFlood } from './request-flood.ts';
import type { AnyStandingMonitor } from './standing.ts';
import { webScanner } from './web-scanner.ts';

/** Every monitor. A new one is one file and one line here. */
export const catalog: readonly AnyMonitor[] = [
  bruteForce,
  newAddressLogin,
  privilegeEscalation,
  webScanner,
  webAttack,
  accountTakeover,
  cardTesting,
  credentialStuffing,
  impossiblePosition,
  impossibleTravel,
  payoutDiverted,
  ...integrityMonitors,
];

/** Those that keep a memory of their own. */
export const standingCatalog: readonly AnyStandingMonitor[] = [
  communication,
  orderFlow,
  distributedStuffing,
  requestFlood,
];
