// Doubles as text, as Go's `%g` has them: the shortest digits that stand for the number.

/** Numbers from ten to this power on are written with it. */
const LEAST_POWER = 6;

/** `100000`, `1e+06`, `-0`, `+Inf`. Source: Go's strconv.FormatFloat with 'g' and the shortest precision. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < LEAST_POWER) return String(value);
  const magnitude = String(Math.abs(power)).padStart(2, '0');
  return `${digits}e${power < 0 ? '-' : '+'}${magnitude}`;
}
