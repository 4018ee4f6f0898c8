/** The kinds of links. A new one is a file beside this and a line here: see docs/adding-a-link.md. */
import { doorNode } from './door-node.ts';
import { firmata } from './firmata.ts';
import { osdp } from './osdp.ts';

export const linkKinds = { 'door-node': doorNode, firmata, osdp } as const;
