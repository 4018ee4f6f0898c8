import { bank } from './bank.ts';
import { breakIn } from './break-in.ts';
import { pharmacy } from './pharmacy.ts';
import type { Pilot } from './pilot.ts';
import { shop } from './shop.ts';
import type { Scenario } from './world.ts';

/** Every story that can be told while the day runs. A new one is one file and one line here. */
export const catalog: readonly Scenario[] = [breakIn];

/** Every pilot: an attack in a world of its own, with its ground truth (`pilot.ts`). One file and one line here. */
export const pilots: readonly Pilot[] = [shop, bank, pharmacy];
