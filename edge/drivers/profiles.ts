import { catalog } from '../../devices/profiles/catalog.ts';
import type { Profile } from '../../devices/profiles/profile.ts';
import { profileFrom } from '../../devices/profiles/written-profile-reading.ts';
import type { GatewayConfiguration } from '../config.ts';

/** Every family of devices that this gateway understands: those of the catalog, and those its configuration describes. */
export const profilesOf = ({ profiles }: Pick<GatewayConfiguration, 'profiles'>): readonly Profile[] => [
  ...catalog,
  ...profiles.map(profileFrom),
];
