/**
 * Controls of four standards that what Gatehouse sees can speak for, in our own words, each with where its evidence
 * comes from. What is not listed here Gatehouse cannot judge.
 */

/** What the house itself can show; see house-checks.ts. */
export type CheckName =
  | 'audit-trail'
  | 'monitoring'
  | 'incident-handling'
  | 'threat-intelligence'
  | 'notification'
  | 'cold-chain'
  | 'calibration'
  | 'access-recording'
  | 'clock'
  | 'availability'
  | 'changes-watched';

export interface Control {
  id: string;
  title: string;
  /** Policies whose section begins so (see `serves` of the policy file) speak for it. */
  sections: readonly string[];
  checks: readonly CheckName[];
}

export interface Standard {
  name: string;
  /** As policies name it: begins so, in small letters. */
  named: readonly string[];
  controls: readonly Control[];
}

const control = (
  id: string,
  title: string,
  checks: readonly CheckName[] = [],
  sections: readonly string[] = [id],
): Control => ({ id, title, sections, checks });

export const standards: readonly Standard[] = [
  {
    name: 'ISO/IEC 27001:2022, Annex A',
    named: ['iso/iec 27001', 'iso 27001'],
    controls: [
      control('A.5.5', 'Contact with authorities', ['notification']),
      control('A.5.7', 'Threat intelligence', ['threat-intelligence']),
      control('A.5.15', 'Access control', ['access-recording']),
      control('A.5.16', 'Identity management'),
      control('A.5.18', 'Access rights'),
      control('A.5.24', 'Planning for incidents', ['incident-handling']),
      control('A.5.25', 'Judging what is an incident', ['incident-handling', 'monitoring']),
      control('A.5.26', 'Response to incidents', ['incident-handling']),
      control('A.5.28', 'Collecting evidence', ['audit-trail']),
      control('A.5.29', 'Security during disruption', ['availability']),
      control('A.5.33', 'Protection of records', ['audit-trail']),
      control('A.6.8', 'Reporting of what is noticed', ['notification', 'incident-handling']),
      control('A.7.1', 'Physical perimeters', ['access-recording']),
      control('A.7.2', 'Physical entry', ['access-recording']),
      control('A.7.4', 'Watching the premises', ['monitoring']),
      control('A.7.11', 'Supplies such as power', ['availability']),
      control('A.8.5', 'Secure sign-in'),
      control('A.8.9', 'Configuration', ['changes-watched']),
      control('A.8.13', 'Back-ups'),
      control('A.8.15', 'Logging', ['audit-trail']),
      control('A.8.16', 'Monitoring', ['monitoring']),
      control('A.8.17', 'Synchronised clocks', ['clock']),
      control('A.8.24', 'Use of cryptography'),
      control('A.8.32', 'Change management', ['changes-watched']),
    ],
  },
  {
    name: 'NIS2 (EU 2022/2555)',
    named: ['nis2', 'nis 2'],
    controls: [
      control('Art. 21(2)(a)', 'Policies on risk and on security', ['monitoring']),
      control('Art. 21(2)(b)', 'Handling of incidents', ['incident-handling']),
      control('Art. 21(2)(c)', 'Continuity, back-ups, crises', ['availability']),
      control('Art. 21(2)(d)', 'Security of supply chains', ['changes-watched']),
      control('Art. 21(2)(e)', 'Security in buying, building and running systems', ['changes-watched']),
      control('Art. 21(2)(f)', 'Judging how well the measures work', ['monitoring', 'audit-trail']),
      control('Art. 21(2)(g)', 'Hygiene and training'),
      control('Art. 21(2)(h)', 'Cryptography'),
      control('Art. 21(2)(i)', 'People, access and assets', ['access-recording']),
      control('Art. 21(2)(j)', 'Several factors, secured communication'),
      control('Art. 21(2)', 'Physical environment', ['monitoring'], ['Art. 21(2), physical']),
      control('Art. 23', 'Telling the authority in time', ['notification']),
    ],
  },
  {
    name: 'PCI DSS 4.0',
    named: ['pci dss'],
    controls: [
      control('4.2', 'Strong cryptography on open networks'),
      control('6.4', 'Public web applications are protected', ['changes-watched']),
      control('7', 'Access by need', [], ['7.']),
      control('8', 'People are identified, and prove who they are', [], ['8.']),
      control('9', 'Physical access is limited', ['access-recording'], ['9.']),
      control('10.2', 'Audit logs are kept', ['audit-trail'], ['10.2', '10.3', '10.5']),
      control('10.4', 'Logs are looked through', ['monitoring']),
      control('10.6', 'Time is synchronised', ['clock']),
      control('10.7', 'Failures of security controls are noticed', ['availability']),
      control('11.5', 'Intrusions and changed files are noticed', ['changes-watched']),
      control('11.6', 'Changed payment pages are noticed', ['changes-watched']),
      control('12.10', 'Incidents are answered at once', ['incident-handling']),
    ],
  },
  {
    name: 'EU GDP (2013/C 343/01)',
    named: ['eu gdp', 'gdp'],
    controls: [
      control('3.2', 'Premises: nobody gets in unnoticed', ['access-recording'], ['3.2,', '3.2.1,', '3.2 ']),
      control(
        '3.2.1',
        'Temperature and environment',
        ['cold-chain'],
        ['3.2.1, temperature', '3.2.1 temperature'],
      ),
      control('3.3', 'Equipment is fit for its purpose', ['availability'], ['3.3,', '3.3 ']),
      control('3.3.1', 'Calibration, alarms and computerised systems', ['calibration'], ['3.3.1', '3.3.2']),
      control('4.2', 'Records are kept and cannot be altered unseen', ['audit-trail']),
      control('5', 'Operations: receipt, storage, supply', [], ['5.']),
      control('9.2', 'Transport keeps the temperature', ['cold-chain'], ['9.']),
    ],
  },
];
