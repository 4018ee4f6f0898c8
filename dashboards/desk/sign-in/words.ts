import { texts } from '../../kit/i18n.ts';

const en = {
  'ways.passkey': 'Sign in with a passkey',
  'ways.or': 'or with your password',
  'ways.at': 'Sign in: {title}',
  'ways.code': 'Code of your app, or a recovery code',
  'ways.code-hint': 'Six digits from your authenticator app.',
  'ways.code-submit': 'Go on',
  'ways.cancelled': 'No passkey was shown. Try again, or use your password.',
  'ways.refused':
    'The identity provider let you in, but nothing here is meant for you. Ask an administrator.',
  'ways.unreachable': 'The identity provider does not answer. Try again, or use another way.',
  'invited.title': 'Welcome, {name}',
  'invited.about':
    'You are invited as {role}. Choose a password of at least 10 characters; a passkey can follow.',
  'invited.password': 'New password',
  'invited.again': 'The same again',
  'invited.differs': 'The two differ.',
  'invited.submit': 'Set password and sign in',
  'invited.over': 'This link was used before, or its time is over. Ask for another one.',
  'invited.back': 'To the sign-in',
} as const;

export const words = texts(en);
export { en };
