"""Measures Faiss, on one thread: reads what to do, the queries and the images from stdin, writes figures to stdout."""
import json
import os
import sys
import time

import faiss
import numpy as np


def main():
    faiss.omp_set_num_threads(1)
    job = json.loads(sys.stdin.buffer.readline())
    checked = read(job["checked"], job)
    groups = [(group["name"], read(group["count"], job)) for group in job["groups"]]

    index = create(job)
    before = resident()
    seconds = 0
    for done in range(0, job["size"], job["batchSize"]):
        images = read(min(job["batchSize"], job["size"] - done), job)
        start = time.perf_counter()
        index.add(images)
        seconds += time.perf_counter() - start
    grown = resident() - before

    queries = []
    found = {}
    together = []
    for k in job["ks"]:
        if job["kind"] == "hnsw":
            index.hnsw.efSearch = job["whileSearching"][str(k)]
        for name, group in groups:
            queries.append({"kind": name, "k": k, "milliseconds": ask(index, group, k, job["budget"])})
        # One by one as well: for many at once Faiss computes in another way, which is less exact.
        found[k] = [labels(index.search(query[None], k)) for query in checked]
        start = time.perf_counter()
        index.search(checked, k)
        together.append({"k": k, "count": len(checked), "mean": (time.perf_counter() - start) * 1000 / len(checked)})

    figures = {"version": faiss.__version__, "seconds": seconds, "grown": grown}
    json.dump({**figures, "queries": queries, "found": found, "together": together}, sys.stdout)


def create(job):
    euclidean = job["metric"] == "euclidean"
    if job["kind"] == "flat":
        return faiss.IndexFlatL2(job["dimensions"]) if euclidean else faiss.IndexFlatIP(job["dimensions"])
    metric = faiss.METRIC_L2 if euclidean else faiss.METRIC_INNER_PRODUCT
    index = faiss.IndexHNSWFlat(job["dimensions"], job["links"], metric)
    index.hnsw.efConstruction = job["whileBuilding"]
    return index


def read(count, job):
    """The next vectors; of length 1 where the metric is the cosine."""
    length = count * job["dimensions"] * 4
    vectors = np.frombuffer(sys.stdin.buffer.read(length), "<f4").reshape(count, job["dimensions"])
    if job["metric"] == "euclidean":
        return vectors
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.where(lengths > 0, lengths, 1))


def labels(answer):
    return [int(label) for label in answer[1][0] if label >= 0]


def ask(index, queries, k, budget):
    """Milliseconds of each query, one after the other."""
    begin = time.perf_counter()
    for query in queries[:50]:
        if time.perf_counter() - begin > budget / 5:
            break
        index.search(query[None], k)
    milliseconds = []
    for query in queries:
        start = time.perf_counter()
        index.search(query[None], k)
        milliseconds.append((time.perf_counter() - start) * 1000)
        if time.perf_counter() - begin > budget and len(milliseconds) >= 5:
            break
    return milliseconds


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


main()
