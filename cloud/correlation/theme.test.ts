import { describe, expect, test } from 'vitest';
import { ruleWords, themeOf } from './theme.ts';

describe('the theme of a rule', () => {
  test.each([
    ['login-brute-force', 'guessing'],
    ['many_failed_logins', 'guessing'],
    ['Wazuh: PAM: Multiple failed logins in a small period of time.', 'guessing'],
    ['LoginFromNewAddress', 'new-address'],
    ['admin-login-new-ip', 'new-address'],
    ['admin-login-new-address', 'new-address'],
    ['new-device-login', 'unusual-login'],
    ['impossible-travel', 'two-places'],
    ['badge-in-two-places', 'two-places'],
    ['AMiner: New ip address in DNS logs.', 'other'],
    ['login.failed', 'failed-login'],
    ['alarm.schedule-changed', 'alarm-change'],
    ['door-forced', 'forced'],
    ['camera-obscured', 'blinded'],
    ['cabinet-opened-without-badge', 'without-badge'],
    ['fridge-excursion', 'excursion'],
    ['low-battery', 'upkeep'],
    ['cabinet-opened', 'without-badge'],
    ['forced-open', 'forced'],
    ['opened-after-hours', 'after-hours'],
    ['temperature-excursion', 'excursion'],
    ['privilege-escalation', 'elevation'],
    ['new-address-login', 'new-address'],
    ['battery.low', 'upkeep'],
    ['door-held-open', 'held-open'],
    ['access-denied', 'denied'],
    ['web-scanner', 'scan'],
    ['integrity-new-script', 'altered'],
    ['integrity-script-changed', 'altered'],
    ['integrity-form-target', 'altered'],
    ['integrity-payment-frame', 'altered'],
    ['integrity-defaced', 'altered'],
    ['integrity-file-changed', 'altered'],
    ['page-policy-weakened', 'altered'],
    ['certificate-changed', 'altered'],
    ['certificate-expiring', 'upkeep'],
    ['policy:upkeep:fridge-calibrated', 'upkeep'],
    ['policy:log-in-without-badge-in', 'other'],
    ['policy:controlled-drugs-two-people', 'other'],
    ['duress', 'duress'],
    ['tailgating', 'passage'],
    ['camera-login-failures', 'failed-login'],
    ['camera-not-recording', 'blinded'],
    ['door-controller-alarm', 'forced'],
    ['unusual-for-hour:fridge', 'unusual'],
    ['Wazuh: Dovecot Authentication Success.', 'everyday'],
    ['account-takeover', 'takeover'],
    ['credential-stuffing', 'guessing'],
    ['beaconing', 'outside-call'],
    ['device-talks-outside', 'outside-call'],
    ['new-domain', 'new-talk'],
    ['network-scan', 'scan'],
    ['exfiltration-volume', 'exfiltration'],
    ['dns-tunnel', 'exfiltration'],
    ['impossible-position', 'tamper'],
    ['payout-diverted', 'payment'],
    ['hand-over-without-order', 'payment'],
    ['order-step-not-allowed', 'payment'],
    ['shipped-to-changed-address', 'payment'],
    ['', 'other'],
  ])('%s is about %s', (rule, name) => {
    expect(themeOf({ rule }).name).toBe(name);
  });

  test('takes the step of an attack from the tactic where the name does not say', () => {
    expect(themeOf({ rule: 'r-1042', tactic: 'TA0006' }).stage).toBe(2);
    expect(themeOf({ rule: 'r-1042' }).stage).toBeUndefined();
  });

  test('knows the tactics of industrial control systems as steps in their order', () => {
    const steps = ['TA0102', 'TA0108', 'TA0103', 'TA0109', 'TA0107', 'TA0106', 'TA0105'];
    const stages = steps.map((tactic) => themeOf({ rule: 'r-1042', tactic }).stage ?? 0);
    expect(stages).toEqual([1, 3, 4, 5, 6, 7, 8]);
  });

  test('reads every way of writing a name alike', () => {
    expect(ruleWords('DoorForced')).toBe(ruleWords('door.forced'));
    expect(ruleWords('door_forced')).toBe('door forced');
  });
});
