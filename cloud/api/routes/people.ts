import type { ApiParts } from '../parts.ts';
import type { Route } from '../route.ts';
import { accountRoutes } from './account.ts';
import { accountsRoutes } from './accounts.ts';
import { personalDataRoutes } from './personal-data.ts';
import { signInRoutes } from './sign-in.ts';

/** Accounts, ways to sign in, and personal data. */
export const peopleRoutes = (parts: ApiParts): Route[] => [
  ...signInRoutes(parts),
  ...accountRoutes(parts),
  ...accountsRoutes(parts),
  ...personalDataRoutes(parts),
];
