from datetime import timedelta as after

import cv2
import numpy as np

from ioc.cameras.contract import Condition, Picture
from ioc.cameras.look.conditions import Judge
from tests.unit.cameras.drawn import CLOCK, START, camera, figure, frame, hall, noisy, with_clock

BEAT_S = 2.0


def _seen(judge: Judge, pictures: list[Picture], begin_s: float = 0) -> list[Condition]:
    return [judge.see(frame(picture, begin_s + BEAT_S * n)) for n, picture in enumerate(pictures)]


def _clocked(begin_s: float, count: int, offset_s: float = 0) -> list[Picture]:
    return [with_clock(noisy(hall()), START + after(seconds=begin_s + BEAT_S * n + offset_s)) for n in range(count)]


def test_judge_calls_a_repeated_picture_frozen_within_ten_seconds() -> None:
    judge, still = Judge(camera()), noisy(hall())
    assert set(_seen(judge, [noisy(hall()) for _ in range(5)])) == {Condition.OK}
    seen = _seen(judge, [still] * 6, begin_s=10)
    assert seen[3] is Condition.FROZEN  # six seconds after the first repeated one; the screen has four to say so
    assert seen[2] is Condition.OK


def test_judge_sees_sensor_noise_as_life_without_a_clock() -> None:
    assert set(_seen(Judge(camera()), [noisy(hall(), 4) for _ in range(12)])) == {Condition.OK}


def test_judge_sees_an_empty_noiseless_hall_as_live_while_its_clock_moves() -> None:
    pictures = [with_clock(hall(), START + after(seconds=BEAT_S * n)) for n in range(12)]
    assert set(_seen(Judge(camera(clock=CLOCK)), pictures)) == {Condition.OK}


def test_judge_calls_a_standing_clock_frozen_though_compression_makes_noise() -> None:
    judge = Judge(camera(clock=CLOCK))
    _seen(judge, _clocked(0, 5))
    stopped = [with_clock(noisy(hall(), 4), START + after(seconds=8)) for _ in range(7)]
    assert _seen(judge, stopped, begin_s=10)[-2] is Condition.FROZEN


def test_judge_tells_a_stopped_clock_over_a_lively_scene_as_drift() -> None:
    judge = Judge(camera(clock=CLOCK))
    _seen(judge, _clocked(0, 3))
    pictures = []
    for n in range(12):
        picture = hall()
        figure(picture, 100 + 40 * n)
        pictures.append(with_clock(noisy(picture), START + after(seconds=4)))
    assert _seen(judge, pictures, begin_s=6)[-1] is Condition.DRIFT


def test_judge_lives_again_with_the_first_other_picture() -> None:
    judge, still = Judge(camera()), noisy(hall())
    assert _seen(judge, [still] * 6)[-1] is Condition.FROZEN
    assert judge.see(frame(noisy(hall()), 14)) is Condition.OK


def test_judge_sees_slow_change_as_life() -> None:
    dawn = [np.asarray(cv2.convertScaleAbs(hall(), alpha=0.7 + 0.01 * n), np.uint8) for n in range(12)]
    assert set(_seen(Judge(camera()), dawn)) == {Condition.OK}


def test_judge_calls_a_covered_lens_dark_within_ten_seconds_whatever_its_clock_shines() -> None:
    judge = Judge(camera(clock=CLOCK))
    _seen(judge, _clocked(0, 5))
    dark = [with_clock(noisy(hall() // 40), START + after(seconds=10 + BEAT_S * n)) for n in range(5)]
    assert _seen(judge, dark, begin_s=10)[-1] is Condition.DARK


def test_judge_calls_black_without_a_clock_dark_and_not_frozen() -> None:
    assert _seen(Judge(camera()), [np.zeros_like(hall())] * 8)[-1] is Condition.DARK


def test_judge_does_not_call_a_lamp_in_the_night_dark() -> None:
    night = hall() // 12
    cv2.circle(night, (320, 200), 60, (200, 220, 230), cv2.FILLED)
    assert set(_seen(Judge(camera()), [noisy(night) for _ in range(6)])) == {Condition.OK}


def test_judge_passes_over_one_dark_picture() -> None:
    judge = Judge(camera())
    seen = _seen(judge, [noisy(hall()), noisy(hall() // 40), noisy(hall()), noisy(hall())])
    assert set(seen) == {Condition.OK}


def test_judge_calls_a_wrong_burnt_in_clock_drift_within_ten_seconds() -> None:
    judge = Judge(camera(clock=CLOCK))
    assert set(_seen(judge, _clocked(0, 5))) == {Condition.OK}
    assert abs(judge.clock_offset_s or 99) < 1
    assert _seen(judge, _clocked(10, 6, offset_s=450), begin_s=10)[-2] is Condition.DRIFT
    assert abs((judge.clock_offset_s or 0) - 450) < 1
    assert judge.picture_at is not None
    assert abs((judge.picture_at - START).total_seconds() - 470) < 5


def test_judge_believes_a_right_clock_at_once_again() -> None:
    judge = Judge(camera(clock=CLOCK))
    assert _seen(judge, _clocked(0, 6, offset_s=-60))[-1] is Condition.DRIFT
    assert _seen(judge, _clocked(12, 4), begin_s=12)[-1] is Condition.OK


def test_judge_takes_the_time_told_where_none_is_burnt_in() -> None:
    judge = Judge(camera())
    seen = [judge.see(frame(noisy(hall()), BEAT_S * n, told=START + after(seconds=BEAT_S * n - 30))) for n in range(6)]
    assert seen[-1] is Condition.DRIFT
    assert judge.clock_offset_s == -30


def test_judge_knows_no_offset_where_no_time_is_shown() -> None:
    judge = Judge(camera(clock=CLOCK))
    _seen(judge, [noisy(hall()) for _ in range(4)])
    assert (judge.clock_offset_s, judge.picture_at) == (None, None)
