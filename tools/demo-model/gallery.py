"""Paints the gallery: believable scenes of emoji, a WebP file each, and gallery.json with the true objects.

Deterministic: the same Pillow, libwebp and font give the same bytes.  The detector has no say in what is painted.
"""
import argparse
import json
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from composition import compose
from themes import THEMES

HERE = Path(__file__).resolve().parent
SEED = 81
PER_THEME = 17
FORMATS = [(480, 384)] * 6 + [(480, 360)] * 2 + [(432, 432)] * 2 + [(384, 480)]
WEBP = {'quality': 82, 'method': 6}
THUMB = 190


def paint_gallery(folder: Path, per_theme: int, seed: int = SEED, only: str = None) -> list:
    """Writes the pictures into `folder` and returns the entries of gallery.json."""
    entries = []
    for theme in THEMES:
        if only and theme.slug != only:
            continue
        for number in range(1, per_theme + 1):
            rng = np.random.default_rng([seed, zlib.crc32(theme.slug.encode()), number])
            width, height = FORMATS[int(rng.integers(len(FORMATS)))]
            picture, objects = compose(theme, width, height, rng)
            name = f'{theme.slug}-{number:03d}.webp'
            picture.save(folder / name, 'WEBP', **WEBP)
            entries.append({'name': name, 'theme': theme.name, 'width': width, 'height': height,
                            'objects': [{'label': thing.label, 'box': thing.box} for thing in objects]})
    return entries


def contact_sheet(folder: Path, entries: list, columns: int, target: Path) -> None:
    """All pictures on one sheet, to look at."""
    rows = -(-len(entries) // columns)
    sheet = Image.new('RGB', (columns * THUMB, rows * THUMB), (60, 60, 66))
    draw = ImageDraw.Draw(sheet)
    for k, entry in enumerate(entries):
        thumb = Image.open(folder / entry['name']).convert('RGB')
        thumb.thumbnail((THUMB - 4, THUMB - 4), Image.LANCZOS)
        corner = (k % columns * THUMB + 2, k // columns * THUMB + 2)
        sheet.paste(thumb, corner)
        draw.text((corner[0] + 3, corner[1] + 2), entry['name'][:-5], fill=(20, 20, 30))
    sheet.save(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', type=Path, default=HERE / 'gallery', help='folder for the pictures and gallery.json')
    parser.add_argument('--per-theme', type=int, default=PER_THEME)
    parser.add_argument('--seed', type=int, default=SEED)
    parser.add_argument('--only', metavar='SLUG', help='paint one theme only (gallery.json then has only that theme)')
    parser.add_argument('--sheet', type=Path, help='also write a contact sheet (PNG) to this file')
    parser.add_argument('--columns', type=int, default=8, help='pictures per row of the contact sheet')
    options = parser.parse_args()

    options.out.mkdir(parents=True, exist_ok=True)
    for old in options.out.glob('*.webp'):
        old.unlink()
    entries = paint_gallery(options.out, options.per_theme, options.seed, options.only)
    lines = ',\n'.join(json.dumps(entry, separators=(',', ':')) for entry in entries)
    (options.out / 'gallery.json').write_text(f'[\n{lines}\n]\n')
    size = sum((options.out / entry['name']).stat().st_size for entry in entries)
    print(f'{len(entries)} pictures, {size} bytes')
    if options.sheet:
        contact_sheet(options.out, entries, options.columns, options.sheet)


if __name__ == '__main__':
    main()
