"""The Python side of bench/analyze: its data, the peers' jobs (CSV in, CSV out), a row of figures."""
import csv
import os
import random
import statistics
import sys


def make(folder):
    """2,850 counties by 1,382 industries along one line, and a chain of 10,000 nodes; fixed seeds."""
    draw = random.Random(1)
    with open(os.path.join(folder, "counties.csv"), "w") as out:
        out.write("region,industry,value\n")
        for r in range(2850):
            x = r * 1597 % 2850 / 2850
            for c in range(1382):
                near = max(0.0, 1 - 2 * abs(x - c * 611 % 1382 / 1382))
                if draw.random() < 0.11 + 0.55 * near * (0.5 + x):
                    out.write(f"c{r:04d},i{c:04d},{1 + int(draw.random() * 1023 * (1 + 9 * near))}\n")
    draw = random.Random(2)
    seen = set()
    with open(os.path.join(folder, "chain.csv"), "w") as out:
        out.write("source,target,weight\n")
        while len(seen) < 50000:
            u, v = draw.randrange(10000), int(10000 * draw.random() ** 1.5)
            if u != v and (u, v) not in seen:
                seen.add((u, v))
                out.write(f"n{u:05d},n{v:05d},{draw.randint(1, 1000) / 10}\n")


def put(header, rows):
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(header)
    out.writerows(rows)


def complexity(path):
    """ECI by the definition, with the tools at hand: pivot, RCA, second eigenvector of D^-1 M U^-1 M'."""
    import numpy as np
    import pandas as pd

    x = pd.read_csv(path).pivot(index="region", columns="industry", values="value").fillna(0)
    v = x.to_numpy()
    m = (v / v.sum(1, keepdims=True) / (v.sum(0) / v.sum()) >= 1).astype(float)
    d, u = m.sum(1), m.sum(0)
    values, vectors = np.linalg.eig((m / u) @ m.T / d[:, None])
    k = vectors[:, np.argsort(-values.real)[1]].real
    k = k * np.sign(np.corrcoef(d, k)[0, 1])
    put(["region", "eci"], zip(x.index, (k - k.mean()) / k.std()))


def ecomplexity(path):
    import pandas as pd
    from ecomplexity import ecomplexity as run

    t = pd.read_csv(path)
    t["year"] = 2020
    r = run(t, {"time": "year", "loc": "region", "prod": "industry", "val": "value"})
    put(["region", "eci"], r[["region", "eci"]].drop_duplicates().itertuples(index=False))


def betweenness(path, weighted):
    import igraph

    with open(path) as f:
        rows = [(r["source"], r["target"], float(r["weight"])) for r in csv.DictReader(f)]
    g = igraph.Graph.TupleList(rows, directed=True, edge_attrs=["weight"])
    b = g.betweenness(weights=[1 / w for w in g.es["weight"]] if weighted else None)
    put(["node", "betweenness_weighted_1_over_w" if weighted else "betweenness"], zip(g.vs["name"], b))


def column(path, job):
    names = {"complexity": "eci", "betweenness": "betweenness", "ets": "forecast", "ets-likeliest": "forecast",
             "betweenness-weighted": "betweenness_weighted_1_over_w"}
    with open(path) as f:
        rows = list(csv.DictReader(f))
    first = next(iter(rows[0]))
    return {r[first]: float(r[names[job]]) for r in rows}


def row(job, tool, times, reference, output):
    with open(times) as f:
        t = [[float(x) for x in line.split()] for line in f]
    got = column(output, job)
    if not os.path.exists(reference):
        os.symlink(os.path.abspath(output), reference)
    want = column(reference, job)
    assert got.keys() == want.keys(), f"{job}, {tool}: other keys than luoshu's"
    size = max(abs(v) for v in want.values())
    off = max(abs(got[k] - want[k]) for k in want) / size
    wall, cpu, peak = (statistics.median(x) for x in
                       ([r[0] for r in t], [r[1] + r[2] for r in t], [r[3] * 1024 / 1e6 for r in t]))
    print(f"{job:22} {tool:24} {wall:8.2f} {cpu:8.2f} {peak:8.0f} {off:10.1e}", flush=True)


if __name__ == "__main__":
    what, rest = sys.argv[1], sys.argv[2:]
    if what.startswith("betweenness"):
        betweenness(rest[0], what.endswith("weighted"))
    else:
        {"make": make, "row": row, "complexity": complexity, "ecomplexity": ecomplexity}[what](*rest)
