/** What the routes of cameras are given. */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Clock } from '../../devices/model/clock.ts';
import type { LiveRegistry } from '../../devices/model/live-registry.ts';
import type { Cameras } from '../cameras/cameras.ts';
import type { Gateway } from '../gateway.ts';
import type { Actor } from '../panel/outcome.ts';

type Env = { Bindings: HttpBindings };

export interface CameraRoutes {
  cameras: Cameras;
  gateway: Gateway;
  /** Grows where a camera is entered. */
  registry: LiveRegistry;
  clock: Clock;
  /** Somebody is signed in. @throws Refused */
  signedIn(context: Context<Env>): void;
  /** Somebody who is signed in does something. @throws Refused */
  changer(context: Context<Env>): { by: Actor };
}
