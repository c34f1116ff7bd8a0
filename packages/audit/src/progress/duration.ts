// Times in words.

/** `8 s`, `3 min 05 s`, `2 h 07 min`: for a display that changes every second. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** `about 40 seconds`, `about 3 minutes`, `about 2.5 hours`: for an estimate, no more exact than it is. */
export function aboutDuration(seconds: number): string {
  if (seconds < 10) return "a few seconds";
  if (seconds < 55) return `about ${Math.round(seconds / 10) * 10} seconds`;
  if (seconds < 55 * 60) {
    const minutes = Math.max(1, Math.round(seconds / 60));
    return `about ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  }
  const hours = Math.max(1, Math.round(seconds / 1800) / 2);
  return `about ${hours} ${hours === 1 ? "hour" : "hours"}`;
}
