#!/usr/bin/env python3
"""Makes the demo model and its gallery anew.

    python3 make.py all                        everything below, in this order: over an hour on two fast cores
    python3 make.py train export evaluate      these stages only

Stages: train (phase 1 and 2), export (ONNX, check, float16 weights, and the encoder cut out of it), evaluate (random scenes),
gallery (paint it), score (run the detector on the gallery).  What train and export write goes to --work; model/ changes
only with --install.
"""
import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The classifier's were not counted in the run behind the installed model; the others were.
STEPS = {'classifier': 1500, 'detector': 3276, 'second phase': 1212}
STAGES = ['train', 'export', 'evaluate', 'gallery', 'score']


def run(program: str, *arguments) -> None:
    interpreter = 'node' if program.endswith('.mjs') else sys.executable
    command = [interpreter, str(HERE / program), *map(str, arguments)]
    print('+', ' '.join(command[1:]), flush=True)
    if subprocess.call(command):
        raise SystemExit(f'{program} failed')


def train(work: Path, share: float) -> None:
    first = work / 'phase1.pt'
    steps = {phase: max(1, round(count * share)) for phase, count in STEPS.items()}
    run('train.py', '--out', first, '--classifier-steps', steps['classifier'], '--steps', steps['detector'],
        '--rate', 2e-3)
    run('train.py', '--init', first, '--out', work / 'weights.pt', '--steps', steps['second phase'], '--rate', 8e-4,
        '--class-loss', 1.5, '--glyph-power', .6, '--seed', 2)


def export(work: Path) -> None:
    run('export.py', work / 'weights.pt', work / 'float32.onnx')
    run('parity.py', work / 'weights.pt', work / 'float32.onnx')
    run('shrink.py', work / 'float32.onnx', work / 'demo-mask-rcnn.onnx')
    run('encoder.py', work / 'demo-mask-rcnn.onnx', work / 'demo-encoder.onnx')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('stages', nargs='+', choices=STAGES + ['all'])
    parser.add_argument('--work', type=Path, default=HERE / 'work', help='folder for weights and models (work/)')
    parser.add_argument('--share', type=float, default=1, help='share of the full number of training steps, for a trial')
    parser.add_argument('--scenes', type=int, default=300, help='random scenes to evaluate on')
    parser.add_argument('--install', action='store_true', help='replace the models in model/ by the new export')
    options = parser.parse_args()
    stages = STAGES if 'all' in options.stages else options.stages

    installed, exported = HERE / 'model' / 'demo-mask-rcnn.onnx', options.work / 'demo-mask-rcnn.onnx'
    options.work.mkdir(parents=True, exist_ok=True)
    if 'train' in stages:
        train(options.work, options.share)
    if 'export' in stages:
        export(options.work)
        if options.install:
            shutil.copyfile(exported, installed)
            shutil.copyfile(options.work / 'demo-encoder.onnx', HERE / 'model' / 'demo-encoder.onnx')
    model = exported if 'export' in stages else installed
    if 'evaluate' in stages:
        run('evaluate.py', model, '--scenes', options.scenes)
        run('evaluate.py', model, '--scenes', options.scenes, '--clear')
    if 'gallery' in stages:
        run('gallery.py')
    if 'score' in stages:
        run('evaluate_gallery.mjs', '--model', model)


if __name__ == '__main__':
    main()
