"""Measures an ONNX model on fresh random scenes, through onnxruntime-node.

The scenes are new, their emoji are those of the training.  A detection is right if its class is and its box overlaps
the true one by half or more (intersection over union).
"""
import argparse
import collections
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np
import torch
from torchvision.models.detection.roi_heads import paste_masks_in_image
from torchvision.ops import box_iou

from emoji import name_of
from network import normalise
from scenes import CLEAR, HARD, Scene, random_scene

HERE = Path(__file__).resolve().parent
THRESHOLD = .7
RIGHT_OVERLAP = .5


def detect(model: Path, scenes: List[Scene], threads: int) -> List[dict]:
    """Runs the model on the scenes.  The arrays of the answers have their proper shapes."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = []
        for k, scene in enumerate(scenes):
            file = Path(folder, f'{k}.f32')
            normalise(torch.from_numpy(scene.image)).numpy().tofile(file)
            height, width = scene.image.shape[:2]
            jobs.append({'file': str(file), 'height': height, 'width': width})
        Path(folder, 'jobs.json').write_text(json.dumps(jobs))
        subprocess.check_call(['node', str(HERE / 'run_model.mjs'), str(model), f'{folder}/jobs.json',
                               f'{folder}/results.json', str(threads)])
        answers = json.loads(Path(folder, 'results.json').read_text())
    for answer in answers:
        number = len(answer['labels'])
        answer['boxes'] = np.array(answer['boxes'], np.float32).reshape(number, 4)
        answer['masks'] = np.array(answer['masks'], np.float32).reshape(number, 1, 28, 28)
        answer['labels'] = np.array(answer['labels'], np.int64)
        answer['scores'] = np.array(answer['scores'], np.float32)
    return answers


def matches(scene: Scene, answer: dict, threshold: float) -> List[Tuple[int, int]]:
    """Pairs of a detection and the true object that it finds, or -1, best detections first."""
    overlaps = box_iou(torch.from_numpy(answer['boxes']), torch.from_numpy(scene.boxes)).numpy()
    pairs, found = [], set()
    for k in np.argsort(-answer['scores'], kind='stable'):
        if answer['scores'][k] < threshold:
            break
        fitting = [j for j, label in enumerate(scene.labels)
                   if label == answer['labels'][k] and j not in found and overlaps[k, j] >= RIGHT_OVERLAP]
        best = max(fitting, key=lambda j: overlaps[k, j], default=-1)
        found.add(best)
        pairs.append((int(k), best))
    return pairs


def average_precision(ranked: List[Tuple[float, bool]], positives: int) -> float:
    """Area under precision over recall of scored right and wrong detections, precision made monotonous."""
    right = np.cumsum([hit for _, hit in sorted(ranked, key=lambda pair: -pair[0])])
    if not len(right):
        return 0.
    precision = np.maximum.accumulate((right / np.arange(1, len(right) + 1))[::-1])[::-1]
    recall = np.concatenate([[0], right / positives])
    return float((np.diff(recall) * precision).sum())


def mask_overlap(scene: Scene, answer: dict, detection: int, truth: int) -> float:
    pasted = paste_masks_in_image(torch.from_numpy(answer['masks'][detection:detection + 1]),
                                  torch.from_numpy(answer['boxes'][detection:detection + 1]), scene.image.shape[:2])
    mask, true_mask = pasted[0, 0].numpy() > .5, scene.masks[truth] > 0
    return (mask & true_mask).sum() / max(1, (mask | true_mask).sum())


def report(scenes: List[Scene], answers: List[dict]) -> None:
    positives = collections.Counter(int(label) for scene in scenes for label in scene.labels)
    ranked: Dict[int, list] = collections.defaultdict(list)
    hits, wrong, mask_overlaps = collections.Counter(), collections.Counter(), []
    exact = with_extra = with_missing = 0
    for scene, answer in zip(scenes, answers):
        labels, scores = answer['labels'], answer['scores']
        for k, truth in matches(scene, answer, 0):
            ranked[int(labels[k])].append((scores[k], truth >= 0))
        for k, truth in matches(scene, answer, THRESHOLD):
            (hits if truth >= 0 else wrong)[int(labels[k])] += 1
            if truth >= 0:
                mask_overlaps.append(mask_overlap(scene, answer, k, truth))
        found, true = set(labels[scores >= THRESHOLD].tolist()), set(scene.labels.tolist())
        exact += found == true
        with_extra += bool(found - true)
        with_missing += bool(true - found)

    all_hits, all_wrong, objects = sum(hits.values()), sum(wrong.values()), sum(positives.values())
    precisions = [average_precision(ranked[label], number) for label, number in positives.items()]
    times = sorted(answer['ms'] for answer in answers)
    print(f'{len(scenes)} scenes, {objects} objects of {len(positives)} classes, threshold {THRESHOLD}')
    print(f'precision {all_hits / max(1, all_hits + all_wrong):.3f}, recall {all_hits / objects:.3f}, '
          f'mAP50 {np.mean(precisions):.3f}, mask IoU of the hits {np.mean(mask_overlaps or [0]):.3f}')
    print(f'classes found exactly: {exact / len(scenes):.3f} of the scenes '
          f'(extra class {with_extra / len(scenes):.3f}, missing class {with_missing / len(scenes):.3f})')
    worst = sorted(positives, key=lambda label: hits[label] / positives[label])[:10]
    print('lowest recall:', ', '.join(f'{name_of(label)} {hits[label]}/{positives[label]}' for label in worst))
    print(f'median {times[len(times) // 2]:.1f} ms')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument('model', type=Path, nargs='?', default=HERE / 'model' / 'demo-mask-rcnn.onnx')
    parser.add_argument('--scenes', type=int, default=300)
    parser.add_argument('--height', type=int, default=256)
    parser.add_argument('--width', type=int, default=256)
    parser.add_argument('--clear', action='store_true', help='few, large, hardly overlapping objects')
    parser.add_argument('--seed', type=int, default=4)
    parser.add_argument('--threads', type=int, default=2)
    options = parser.parse_args()

    rng = np.random.default_rng([options.seed, 99])
    difficulty = CLEAR if options.clear else HARD
    scenes = [random_scene(rng, options.height, options.width, difficulty) for _ in range(options.scenes)]
    report(scenes, detect(options.model, scenes, options.threads))


if __name__ == '__main__':
    main()
