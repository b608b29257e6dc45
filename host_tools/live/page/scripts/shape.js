// The outline of a leg from the side, as pairs of points from the toes to the hip: front and back.

const RIBS = [
  [16, 524, 12, 540],
  [42, 508, 44, 548],
  [80, 488, 88, 548],
  [106, 468, 132, 548],
  [120, 448, 172, 546],
  [127, 424, 184, 516],
  [129, 394, 176, 446],
  [125, 350, 181, 386],
  [117, 302, 196, 326],
  [111, 262, 199, 276],
  [107, 228, 187, 236],
  [99, 198, 180, 204],
  [97, 166, 182, 172],
  [88, 116, 193, 120],
  [78, 62, 203, 64],
  [72, 12, 208, 12],
];
export const WIDTH = 224;
export const HEIGHT = 560;
const ZONES = { foot: [0.1, 7], calf: [7, 11.2], thigh: [11.2, 14.6] };
// Close together at the seams, where the outline turns.
const SHARES = [0, 0.015, 0.05, 0.12, 0.25, 0.42, 0.58, 0.75, 0.88, 0.95, 0.985, 1];

// A share of the leg for each chamber, by its zone: [from, to] along the ribs.
export function spans(zones) {
  return zones.map((zone, k) => {
    const [from, to] = ZONES[zone];
    const before = zones.slice(0, k).filter((other) => other === zone).length;
    const count = zones.filter((other) => other === zone).length;
    // The foot itself is longer than the ankle above it.
    const at = (part) => from + (to - from) * (part / count) ** (zone === "foot" ? 0.6 : 1);
    return [at(before), at(before + 1)];
  });
}

function along(t, column) {
  const at = (k) => RIBS[Math.min(Math.max(k, 0), RIBS.length - 1)][column];
  const k = Math.min(Math.floor(t), RIBS.length - 2);
  const u = t - k;
  const [a, b, c, d] = [at(k - 1), at(k), at(k + 1), at(k + 2)];
  return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));
}

// Both sides at `t`, moved outwards by `out`.
function rib(t, out) {
  const [fx, fy, bx, by] = [0, 1, 2, 3].map((column) => along(t, column));
  const length = Math.hypot(fx - bx, fy - by) || 1;
  const [x, y] = [((fx - bx) / length) * out, ((fy - by) / length) * out];
  return [fx + x, fy + y, bx - x, by - y];
}

export function leg() {
  const front = [];
  const back = [];
  for (let t = 0; t <= RIBS.length - 1; t += 0.5) {
    const [fx, fy, bx, by] = rib(t, 0);
    front.push([fx, fy]);
    back.unshift([bx, by]);
  }
  return closed([...front, ...back]);
}

// A cushion over a part of the leg; `swell` is how far it stands out in its middle.
export function cushion([from, to], swell) {
  const gap = 0.05;
  const front = [];
  const back = [];
  for (const share of SHARES) {
    // Drawn in at its seams, and round between them.
    const out = -14 + (17 + swell) * (1 - Math.abs(2 * share - 1) ** 4) ** 0.25;
    const [fx, fy, bx, by] = rib(from + gap + (to - from - 2 * gap) * share, out);
    front.push([fx, fy]);
    back.unshift([bx, by]);
  }
  return closed([...front, ...back]);
}

export function middle([from, to]) {
  const [fx, fy, bx, by] = rib((from + to) / 2, 0);
  return [(fx + bx) / 2, (fy + by) / 2];
}

// Where the hose meets the cushion: on the side of the calf, and for the foot at the heel.
export function inlet([from, to]) {
  const [, , bx, by] = rib(from < 0.5 ? to - 0.12 * (to - from) : (from + to) / 2, 4);
  return [bx, by];
}

function closed(points) {
  const f = (n) => n.toFixed(1);
  let path = `M${f(points[0][0])} ${f(points[0][1])}`;
  const n = points.length;
  for (let k = 0; k < n; k++) {
    const [a, b, c, d] = [points[(k + n - 1) % n], points[k], points[(k + 1) % n], points[(k + 2) % n]];
    path += `C${f(b[0] + (c[0] - a[0]) / 6)} ${f(b[1] + (c[1] - a[1]) / 6)} ${f(c[0] - (d[0] - b[0]) / 6)} ${f(c[1] - (d[1] - b[1]) / 6)} ${f(c[0])} ${f(c[1])}`;
  }
  return path + "Z";
}
