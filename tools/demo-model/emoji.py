"""The object classes, the emoji that stand for them, and their sprites.

The detector knows the 80 COCO classes; 68 of them have an emoji in Noto Color Emoji that shows the object (or a close
stand-in, see MODEL-CARD.md).  Labels are 1..80 in COCO order; 0 is the background.
"""
from functools import lru_cache
from typing import Dict, List

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT_PATH = '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'
FONT_SIZE = 109  # the only size of this bitmap font

COCO_CLASSES = (
    'person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,'
    'bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,'
    'skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,'
    'cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,'
    'potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,'
    'refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush'
).split(',')

# Class name -> code points (hexadecimal).  The order of the keys fixes the order of USED_LABELS, hence which classes a
# given random seed draws.
GLYPHS: Dict[str, List[str]] = {name: codes.split() for name, codes in {
    'person': '1F9CD 1F6B6 1F3C3 1F483 1F57A 1F468 1F469 1F9D1',
    'bicycle': '1F6B2',
    'car': '1F697 1F699 1F695 1F698 1F3CE',
    'motorcycle': '1F3CD 1F6F5',
    'airplane': '2708 1F6E9 1F6EB',
    'bus': '1F68C 1F68D',
    'train': '1F682 1F686 1F684',
    'truck': '1F69A 1F69B 1F6FB',
    'boat': '26F5 1F6A4 1F6A2',
    'traffic light': '1F6A6 1F6A5',
    'stop sign': '1F6D1',
    'bird': '1F426 1F985 1F986 1F989 1F99C',
    'cat': '1F408 1F431',
    'dog': '1F415 1F436 1F429',
    'horse': '1F40E 1F434',
    'sheep': '1F411 1F40F',
    'cow': '1F404 1F42E',
    'elephant': '1F418',
    'bear': '1F43B',
    'zebra': '1F993',
    'giraffe': '1F992',
    'backpack': '1F392',
    'umbrella': '2614 26F1 2602',
    'handbag': '1F45C 1F45B',
    'tie': '1F454',
    'suitcase': '1F9F3',
    'frisbee': '1F94F',
    'skis': '1F3BF',
    'snowboard': '1F3C2',
    'sports ball': '26BD 1F3C0 1F3C8 26BE 1F3D0',
    'kite': '1FA81',
    'baseball bat': '1F3CF',
    'skateboard': '1F6F9',
    'surfboard': '1F3C4',
    'tennis racket': '1F3F8',
    'bottle': '1F37E 1F9F4',
    'wine glass': '1F377 1F378',
    'cup': '2615 1F964 1F375',
    'fork': '1F374',
    'knife': '1F52A',
    'spoon': '1F944',
    'bowl': '1F963 1F957',
    'banana': '1F34C',
    'apple': '1F34E 1F34F',
    'sandwich': '1F96A',
    'orange': '1F34A',
    'broccoli': '1F966',
    'carrot': '1F955',
    'hot dog': '1F32D',
    'pizza': '1F355',
    'donut': '1F369',
    'cake': '1F382 1F370',
    'chair': '1FA91',
    'couch': '1F6CB',
    'potted plant': '1FAB4',
    'bed': '1F6CF',
    'toilet': '1F6BD',
    'tv': '1F4FA 1F5A5',
    'laptop': '1F4BB',
    'mouse': '1F5B1',
    'keyboard': '2328',
    'cell phone': '1F4F1',
    'book': '1F4D6 1F4D5 1F4D7',
    'clock': '23F0 1F570 1F552',
    'vase': '1F3FA',
    'scissors': '2702',
    'teddy bear': '1F9F8',
    'toothbrush': '1FAA5',
}.items()}

# Emoji of no class: star, heart, tree, fire, balloon ... shown in training without a label.
DISTRACTORS = '2B50 2764 1F332 1F525 1F388 1F381 1F344 1F353 1F347 1F338 1F511 1F4A1 2601 1F319 1F333'.split()


def label_of(name: str) -> int:
    """The label (1..80) of a COCO class name."""
    return COCO_CLASSES.index(name) + 1


def name_of(label: int) -> str:
    """The COCO class name of a label (1..80)."""
    return COCO_CLASSES[label - 1]


USED_LABELS: List[int] = [label_of(name) for name in GLYPHS]


@lru_cache(maxsize=None)
def sprite(code: str) -> Image.Image:
    """The emoji with this hexadecimal code point: an RGBA picture, about 130 px, cut to what is visible."""
    font = ImageFont.truetype(FONT_PATH, FONT_SIZE)
    canvas = Image.new('RGBA', (180, 180), (0, 0, 0, 0))
    ImageDraw.Draw(canvas).text((12, 12), chr(int(code, 16)), font=font, embedded_color=True)
    opaque = canvas.getchannel('A').point(lambda alpha: 255 if alpha > 60 else 0)
    return canvas.crop(opaque.getbbox())


@lru_cache(maxsize=None)
def clean_sprite(code: str) -> Image.Image:
    """The same without the dark fringe: Pillow draws onto transparent black, which darkens half-transparent pixels.

    The model was trained with the fringe (`sprite`) and does not mind; for pictures meant to be looked at.
    """
    pixels = np.asarray(sprite(code), np.float32)
    alpha = np.maximum(pixels[..., 3:], 1) / 255
    colour = np.clip(pixels[..., :3] / alpha, 0, 255)
    return Image.fromarray(np.concatenate([colour, pixels[..., 3:]], 2).round().astype(np.uint8), 'RGBA')


@lru_cache(maxsize=None)
def class_sprites(label: int) -> List[Image.Image]:
    """All the sprites of a class."""
    return [sprite(code) for code in GLYPHS[name_of(label)]]


@lru_cache(maxsize=None)
def distractor_sprites() -> List[Image.Image]:
    """All the sprites that belong to no class."""
    return [sprite(code) for code in DISTRACTORS]
