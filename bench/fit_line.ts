// Least squares.

/** The straight line through points: its slope, and its value at their mean x. */
export function fitLine(
  points: readonly { readonly x: number; readonly y: number }[],
): { slope: number; mean: number } {
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [meanX, meanY] = [average(points.map(({ x }) => x)), average(points.map(({ y }) => y))];
  let [covariance, variance] = [0, 0];
  for (const { x, y } of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  return { slope: covariance / variance, mean: meanY };
}
