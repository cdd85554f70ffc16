from mnist_core.store.claim import Claim
from mnist_core.workers.watch import SILENT_LOOKS, Watch

ADA = Claim(run_id="run", worker="ada")
BOB = Claim(run_id="other", worker="bob")


def test_a_worker_whose_count_grows_is_alive():
    watch = Watch()

    for beat in range(3 * SILENT_LOOKS):
        assert watch.look({ADA: beat}) == []


def test_one_whose_count_stands_still_is_silent_after_so_many_looks():
    watch = Watch()

    found = [watch.look({ADA: 7, BOB: look}) for look in range(SILENT_LOOKS + 1)]

    assert found == [[]] * SILENT_LOOKS + [[ADA]]


def test_one_sign_of_life_and_the_counting_begins_anew():
    watch = Watch()
    for _ in range(SILENT_LOOKS):
        watch.look({ADA: 7})

    assert watch.look({ADA: 8}) == []
    assert [watch.look({ADA: 8}) for _ in range(SILENT_LOOKS)][:-1] == [[]] * (SILENT_LOOKS - 1)


def test_who_looks_for_the_first_time_finds_nobody_silent():
    assert Watch().look({ADA: 0, BOB: 1_000}) == []


def test_another_worker_of_the_same_run_is_another():
    watch = Watch()
    for _ in range(SILENT_LOOKS):
        watch.look({ADA: 7})

    assert watch.look({Claim(run_id="run", worker="bob"): 7}) == []
    assert watch.look({ADA: 7}) == []  # it was away: its looks are not added up
