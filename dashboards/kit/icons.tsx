/** Drawn for Gatehouse on a 24 grid, one stroke, no fills; `*` marks a path that is filled instead. */
const paths = {
  door: 'M6 21V4.5A1.5 1.5 0 0 1 7.5 3h9A1.5 1.5 0 0 1 18 4.5V21M3.5 21h17M14.5 12v1.2',
  'door-open': 'M13 21V3.6L5.9 5.4A1 1 0 0 0 5 6.4V21M3 21h18M13 5h4.5A1.5 1.5 0 0 1 19 6.5V21M9.8 12v1.2',
  cabinet: 'M4.5 4h15v16h-15zM12 4v16M9.8 11v2M14.2 11v2M6.5 20v1.5M17.5 20v1.5',
  reader:
    'M7 3.5h10a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM9.5 7.5h5M10 16.5h4M9.3 12.3a4 4 0 0 1 5.4 0',
  lock: 'M6 11h12v9.5H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11M12 15v2',
  'lock-open': 'M6 11h12v9.5H6zM8.5 11V7a3.5 3.5 0 0 1 6.7-1.4M12 15v2',
  camera: 'M3.5 8.5 17 5l1.3 5-13.5 3.6zM18 8.2l2.5 1M8.5 12.8 9.5 17H4M4 14.5v5',
  'camera-off': 'M8 7.3 17 5l1.3 5-5 1.3M9.5 12.3l-4.7 1.3-1.3-5M8.5 12.8 9.5 17H4M4 14.5v5M3 3l18 18',
  fridge:
    'M6.5 3h11a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM5.5 9.5h13M9 5.8v1.5M9 12.5v3',
  'motion-sensor':
    'M12 12.5a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM8.5 8a5 5 0 0 0 0 7M15.5 8a5 5 0 0 1 0 7M5.8 5.5a8.5 8.5 0 0 0 0 12M18.2 5.5a8.5 8.5 0 0 1 0 12',
  siren: 'M7 17v-4.5a5 5 0 0 1 10 0V17M5 17h14v3.5H5zM12 3v1.5M4.5 6l1.2 1M19.5 6l-1.2 1M3 11.5h1M20 11.5h1',
  'alarm-panel': 'M12 3l7.5 2.8v5.4c0 4.6-3 8-7.5 9.8-4.5-1.8-7.5-5.2-7.5-9.8V5.8zM9 11.8l2.2 2.2 4-4.2',
  gateway:
    'M4 13.5h16v6H4zM7.5 16.5h.1M11 16.5h.1M17 13.5V9M13.9 7.2a4.5 4.5 0 0 1 6.2 0M11.8 4.6a8 8 0 0 1 10.4 0',
  sensor: 'M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21',
  vehicle:
    'M3 6h11v10.5H3zM14 9.5h3.8L21 13v3.5h-7M7 19a1.9 1.9 0 1 0 0-3.8A1.9 1.9 0 0 0 7 19zM17 19a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8z',
  host: 'M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5h.1M7.5 16.5h.1M12 7.5h5M12 16.5h5',
  shop: 'M4.5 10v10h15V10M3 9.5 5 4h14l2 5.5a2.250 2.250 0 0 1-4.5 0 2.250 2.250 0 0 1-4.5 0 2.250 2.250 0 0 1-4.5 0A2.250 2.250 0 0 1 3 9.5zM10 20v-5h4v5',
  'payment-service': 'M3 6h18v12.5H3zM3 10h18M6.5 15h4',
  network: 'M9.5 3.5h5v4.5h-5zM3 16h5v4.5H3zM16 16h5v4.5h-5zM12 8v4M5.5 16v-4h13v4',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6',
  physical: 'M12 3 4 7.2v9.6L12 21l8-4.2V7.2zM4 7.2l8 4.3 8-4.3M12 11.5V21',
  cyber: 'M8 6 2.8 12 8 18M16 6l5.2 6-5.2 6M13.5 4.5l-3 15',
  picture: 'M3.5 5h17v14h-17zM3.5 16l5-5 4 4 2.5-2.5 5.5 5M15.5 9.5h.1',
  thermometer: 'M10 13.8V5a2 2 0 0 1 4 0v8.8a4 4 0 1 1-4 0zM12 9v8',
  battery: 'M3 8h15.5v8H3zM21 11v2M6 11v2',
  'picture-grid': 'M4 4h7v7H4zM13.5 4H20v7h-6.5zM4 13.5h7V20H4zM13.5 13.5H20V20h-6.5z',
  incidents: 'M3.5 13.5 6.5 5h11l3 8.5v5.5h-17zM3.5 13.5H8.5a3.5 3.5 0 0 0 7 0h5',
  site: 'M4 21V10l8-6.5L20 10v11M9.5 21v-6h5v6M3 21h18',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7v5.2l3.2 2',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20.5 20.5',
  filter: 'M4 6h16M7 12h10M10 18h4',
  check: 'M4.5 12.5 9.5 17.5 19.5 6.5',
  close: 'M5.5 5.5l13 13M18.5 5.5l-13 13',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  graph:
    'M7.5 6.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM21.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM7.5 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM7.4 7.4l9.3 3.7M7.4 16.6l9.3-3.7',
  risk: 'M4 4v16h16M8 16v-3M12 16V9.5M16 16V6',
  cascade: 'M3 5h6v5h5v4h7M9 10v0M18 11l3 3-3 3M3 19h6',
  list: 'M4 6.5h16M4 12h16M4 17.5h16',
  more: 'M5.5 12h.1M12 12h.1M18.5 12h.1',
  'chevron-down': 'M6 9.5l6 6 6-6',
  'chevron-right': 'M9.5 6l6 6-6 6',
  'arrow-left': 'M11 5.5 4.5 12l6.5 6.5M4.5 12h15',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2',
  split: 'M12 21v-6.5M12 14.5 5.5 8V4M12 14.5 18.5 8V4M3 6.2 5.5 3.7 8 6.2M16 6.2l2.5-2.5L21 6.2',
  note: 'M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 8.5h7M8.5 12h4',
  contain: 'M12 3l7.5 2.8v5.4c0 4.6-3 8-7.5 9.8-4.5-1.8-7.5-5.2-7.5-9.8V5.8zM9.5 9.5l5 5M14.5 9.5l-5 5',
  reopen: 'M4.5 12a7.5 7.5 0 1 1 2.2 5.3M4 20v-4.5h4.5',
  'false-alarm': 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM6 6l12 12',
  play: 'M7 4.5 19 12 7 19.5z',
  keyboard: 'M2.5 6h19v12h-19zM6 9.5h.1M9.5 9.5h.1M13 9.5h.1M16.5 9.5h1.5M7.5 14.5h9M6 12h.1M18 12h.1',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M4.2 4.2l1.4 1.4M18.4 18.4l1.4 1.4M2.5 12h2M19.5 12h2M4.2 19.8l1.4-1.4M18.4 5.6l1.4-1.4',
  moon: 'M19.8 14.3A8.3 8.3 0 0 1 9.7 4.2 8.3 8.3 0 1 0 19.8 14.3z',
  'theme-auto': 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 3.5v17M12 8l6.5-2M12 12h8.5M12 16l6.5 2',
  'sign-out': 'M14 4.5H5v15h9M10 12h10.5M16.5 8l4 4-4 4',
  wifi: 'M12 18.5h.1M8.7 15a4.7 4.7 0 0 1 6.6 0M5.6 11.7a9 9 0 0 1 12.8 0M2.5 8.4a13.5 13.5 0 0 1 19 0',
  'wifi-off':
    'M12 18.5h.1M8.7 15a4.7 4.7 0 0 1 6.6 0M5.6 11.7a9 9 0 0 1 4-2.4M14.5 9.3a9 9 0 0 1 3.9 2.4M2.5 8.4A13.5 13.5 0 0 1 7 5.5M11 4.6a13.5 13.5 0 0 1 10.5 3.8M3 3l18 18',
  warning: 'M12 3.8 21.5 20h-19zM12 10v4.5M12 17.2h.1',
  phone:
    'M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM10.5 18.5h3',
  mail: 'M3.5 5.5h17v13h-17zM3.5 6.5l8.5 6.5 8.5-6.5',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.8a2.2 2.2 0 0 0 4 0',
  eye: 'M2.5 12C4.5 7.8 8 5.5 12 5.5s7.5 2.3 9.5 6.5c-2 4.2-5.5 6.5-9.5 6.5S4.5 16.2 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  badge:
    'M5 4.5h14v15H5zM9.5 2.5h5v4h-5zM12 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8.5 17c.4-1.6 1.7-2.5 3.5-2.5s3.1.9 3.5 2.5',
  account: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM15.5 12a3.5 3.5 0 1 0-1.5 2.9c.8 1 3 .9 3.9-.6',
  'severity-critical':
    '*M8.3 2.5h7.4l5.8 5.8v7.4l-5.8 5.8H8.3l-5.8-5.8V8.3zM10.9 6.5v7h2.2v-7zM10.9 15.5v2.2h2.2v-2.2z',
  'severity-high': '*M12 2.8 22.5 21h-21zM10.9 9v6h2.2V9zM10.9 16.5v2.2h2.2v-2.2z',
  'severity-medium': '*M12 2 22 12 12 22 2 12zM10.9 6.8v6.4h2.2V6.8zM10.9 15v2.2h2.2V15z',
  'severity-low': 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5v9M8.5 13l3.5 3.5 3.5-3.5',
  'severity-info': 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5.5M12 7.7h.1',
  map: 'M3.5 6.5 9 4l6 2.5L20.5 4v13.5L15 20l-6-2.5L3.5 20zM9 4v13.5M15 6.5V20',
  pause: 'M8 5v14M16 5v14',
  undo: 'M8.5 5 4 9.5l4.5 4.5M4 9.5h10a5.5 5.5 0 0 1 0 11H9',
  redo: 'M15.5 5 20 9.5 15.5 14M20 9.5H10a5.5 5.5 0 0 0 0 11h5',
  screen: 'M3 4.5h18v12H3zM9 20.5h6M12 16.5v4',
  history: 'M4 12a8 8 0 1 0 2.5-5.800M4 3.5v4h4M12 7.5V12l3 2',
  layers: 'M12 3.5 3 8.5l9 5 9-5zM3 13.5l9 5 9-5',
  gatehouse: 'M4 21V9.5L12 4l8 5.5V21M8.5 21v-6.5a3.5 3.5 0 0 1 7 0V21',
} as const;

export type IconName = keyof typeof paths;

/**
 * @param label said to people who cannot see it; without one the icon is decoration beside its text
 */
export function Icon({ name, size = 16, label }: { name: IconName; size?: number; label?: string }) {
  const path: string = paths[name];
  const filled = path.startsWith('*');
  const shape = (
    <path
      d={filled ? path.slice(1) : path}
      fill={filled ? 'currentColor' : 'none'}
      fill-rule="evenodd"
      stroke={filled ? 'none' : 'currentColor'}
      stroke-width={size <= 16 ? 1.9 : 1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  );
  return label === undefined ? (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      {shape}
    </svg>
  ) : (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" role="img" aria-label={label}>
      <title>{label}</title>
      {shape}
    </svg>
  );
}
