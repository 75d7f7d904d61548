"""What the shop gave them, and what they used."""

from tactful.model.events import RewardGranted, RewardRedeemed
from tactful.model.profile import Profile, Reward
from tactful.profile._handlers import folds
from tactful.profile._wants import keep_latest

REWARDS_KEPT = 20


@folds(RewardGranted)
def _granted(profile: Profile, event: RewardGranted) -> None:
    profile.rewards.pop(event.reward_id, None)
    profile.rewards[event.reward_id] = Reward(event.at, event.message_id, event.percent_off, event.expires_at, event.product_id, event.category)
    keep_latest(profile.rewards, REWARDS_KEPT)


@folds(RewardRedeemed)
def _redeemed(profile: Profile, event: RewardRedeemed) -> None:
    profile.rewards.pop(event.reward_id, None)
