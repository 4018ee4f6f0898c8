// Runs before the first paint, so that a remembered theme never flashes in the other one.
try {
  const theme = localStorage.getItem('gatehouse.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's preference stands.
}
