"""Connected parties: to whom the enterprise is tied, and for whom else it answers."""

from features.families.balances import GUARANTEES, GUARANTEES_BY_PARTY, SALES
from features.families.customs import REGISTRATIONS
from features.families.financing import DISTRESSED, DISTRESSED_WORDS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.balances import Outstanding
from features.nodes.fellows import Circle, Fellows, Same
from features.nodes.groups import Groups, ShareNamed
from features.nodes.network import BalanceAmong, GroupsAmong, Returned, ShareSame, Tied
from features.nodes.windows import Latest
from features.recipe import Rows

RELATED = Rows("enterprise", (("kind", ("related_party",)),))
CONTROLLERS = Rows("enterprise", (("kind", ("actual_controller",)),))
UNDER_ONE_CONTROLLER = Same(CONTROLLERS, "party")
UNDER_ONE_CONTROLLER_WORDS = (
    "other enterprises whose last enterprise message of kind `actual_controller` names the same "
    "party as the last such message of the enterprise itself, both as of the last midnight of the "
    "port not after T"
)
ON_ONE_CIRCLE = Circle(GUARANTEES_BY_PARTY)
ON_ONE_CIRCLE_WORDS = (
    "other enterprises that stand on a circle of guarantees with it, as of the last midnight of "
    "the port not after T: going from a giver to any party whose guaranteed amount (as in "
    "guarantee_circle_now) is above 0, again and again, one comes from the enterprise to the "
    "other, and from the other back"
)

FEATURES = (
    Feature(
        name="guarantees_to_capital_now",
        family="connected parties",
        unit="ratio",
        title=Phrase("Guarantees given to capital", "对外担保与注册资本比"),
        definition=(
            "Sum over references of (sum of amount over enterprise `guarantee_given` less sum "
            "over `guarantee_ended`, at least 0) / registered_capital of the last enterprise "
            "message of kind `registration`."
        ),
        recipe=Ratio(Outstanding(GUARANTEES), Latest(REGISTRATIONS, "registered_capital")),
        direction=1,
        direction_reason="A guarantee is called when it can least be afforded.",
        missing=Phrase(
            "No registration is known, or its capital is 0.", "无工商登记信息，或注册资本为0。"
        ),
        low=Phrase("The enterprise guarantees little for others.", "对外担保较少。"),
        high=Phrase(
            "The enterprise guarantees more than usual for others.",
            "对外担保规模偏大，存在代偿风险。",
        ),
    ),
    Feature(
        name="related_parties_now",
        family="connected parties",
        unit="count",
        title=Phrase("Related parties", "关联企业数量"),
        definition=(
            "Number of distinct parties of the enterprise messages of kind `related_party` (all "
            "that stand)."
        ),
        recipe=Groups(RELATED, "party"),
        direction=0,
        direction_reason="A group can hold its member up or pull it down.",
        missing=Phrase("Never: 0 where none is known.", "不会缺失：无关联企业时为0。"),
        low=Phrase("Few related parties are known.", "关联企业较少。"),
        high=Phrase(
            "More related parties are known than usual.", "关联企业偏多，关注集团客户风险。"
        ),
        pivot=1.5,
    ),
    Feature(
        name="related_parties_distressed_now",
        family="connected parties",
        unit="count",
        title=Phrase("Related parties in distress", "困境关联企业数量"),
        definition=(
            "Number of distinct parties of the enterprise messages of kind `related_party` that, "
            f"{DISTRESSED_WORDS}."
        ),
        recipe=GroupsAmong(RELATED, "party", DISTRESSED),
        direction=1,
        direction_reason="Trouble in a group goes from one purse to the next.",
        missing=Phrase("Never: 0 where none is.", "不会缺失：无困境关联企业时为0。"),
        low=Phrase("No related party is in distress.", "关联企业信用状况正常。"),
        high=Phrase("A related party is in distress.", "关联企业已出现逾期或违约，关注风险传染。"),
    ),
    Feature(
        name="related_sales_share_365d",
        family="connected parties",
        unit="share",
        title=Phrase("Sales to related parties", "关联交易销售占比"),
        definition=(
            "Share in the price of title `transferred` in 365 days of buyers that any enterprise "
            "message of kind `related_party` of the enterprise names as party (all that stand as "
            "of T, whenever they occurred)."
        ),
        recipe=ShareNamed(SALES, "buyer", "price", 365, RELATED, "party"),
        direction=1,
        direction_reason="Sales within a group can be made to look like anything.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("Sales go to others than related parties.", "关联交易销售占比较低。"),
        high=Phrase(
            "More of the sales than usual goes to related parties.",
            "关联交易销售占比偏高，关注交易真实性。",
        ),
        window=365,
    ),
    Feature(
        name="same_controller_sales_share_365d",
        family="connected parties",
        unit="share",
        title=Phrase("Sales under one controller", "同一实际控制人销售占比"),
        definition=(
            "Share in the price of title `transferred` in 365 days of buyers whose last enterprise "
            "message of kind `actual_controller`, as of the last midnight of the port not after T, "
            "names the same party as the last such message of the enterprise itself as of T. A "
            "buyer or an enterprise without such a message shares its controller with nobody."
        ),
        recipe=ShareSame(SALES, "buyer", "price", 365, CONTROLLERS, "party"),
        direction=1,
        direction_reason="Who sells to himself earns nothing by it.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("Buyers have controllers of their own.", "未见同一实际控制人下的销售。"),
        high=Phrase(
            "Part of the sales went to buyers under the same controller.",
            "存在向同一实际控制人企业的销售，关注交易真实性。",
        ),
        window=365,
    ),
    Feature(
        name="guaranteed_distress_share_now",
        family="connected parties",
        unit="share",
        title=Phrase("Guarantees for distressed parties", "为困境企业担保占比"),
        definition=(
            "Guaranteed amount of a party: sum of amount over enterprise `guarantee_given` less "
            "sum over `guarantee_ended` with the same party, at least 0. Guaranteed amount of "
            f"parties that, {DISTRESSED_WORDS} / guaranteed amount of all parties."
        ),
        recipe=BalanceAmong(GUARANTEES_BY_PARTY, DISTRESSED),
        direction=1,
        direction_reason="A guarantee for a failing debtor is a debt of one's own.",
        missing=Phrase("No guarantee is given.", "当前无对外担保。"),
        low=Phrase("Those it guarantees are in good standing.", "被担保企业信用状况正常。"),
        high=Phrase(
            "It guarantees parties that are in distress.",
            "被担保企业已出现逾期或违约，代偿风险较大。",
        ),
    ),
    Feature(
        name="guarantee_circle_now",
        family="connected parties",
        unit="flag",
        title=Phrase("Mutual guarantee", "互保"),
        definition=(
            "1 if any party whose guaranteed amount is above 0 as of T has itself, as of the last "
            "midnight of the port not after T, a guaranteed amount for the enterprise above 0 "
            "(each from the enterprise messages of its own giver), else 0. Guaranteed amount of a "
            "party: sum of amount over enterprise `guarantee_given` less sum over "
            "`guarantee_ended` with the same party, at least 0."
        ),
        recipe=Returned(GUARANTEES_BY_PARTY),
        direction=1,
        direction_reason="Two who guarantee each other fall together.",
        missing=Phrase("Never.", "不会缺失。"),
        low=Phrase("No mutual guarantee is known.", "未见互保。"),
        high=Phrase("It and another guarantee each other.", "存在互保，关注担保圈风险。"),
    ),
    Feature(
        name="same_controller_enterprises_now",
        family="connected parties",
        unit="count",
        title=Phrase("Enterprises under the same controller", "同一实际控制人企业数量"),
        definition=f"Number of {UNDER_ONE_CONTROLLER_WORDS}.",
        recipe=Tied(Fellows(UNDER_ONE_CONTROLLER)),
        direction=0,
        direction_reason="Sisters can hold an enterprise up or pull it down.",
        missing=Phrase("Never: 0 where none is known.", "不会缺失：无同一控制企业时为0。"),
        low=Phrase(
            "Its controller controls no other enterprise here.", "未见同一控制下的其他企业。"
        ),
        high=Phrase(
            "Its controller controls other enterprises here.",
            "存在同一实际控制人控制的其他企业，关注集团客户风险。",
        ),
        pivot=0.5,
    ),
    Feature(
        name="same_controller_distressed_now",
        family="connected parties",
        unit="count",
        title=Phrase("Distressed under the same controller", "同一实际控制人困境企业数量"),
        definition=f"Number of {UNDER_ONE_CONTROLLER_WORDS}, and that, {DISTRESSED_WORDS}.",
        recipe=Tied(Fellows(UNDER_ONE_CONTROLLER, DISTRESSED)),
        direction=1,
        direction_reason="One hand that cannot pay for one enterprise will not pay for the other.",
        missing=Phrase("Never: 0 where none is.", "不会缺失：无困境同一控制企业时为0。"),
        low=Phrase(
            "No enterprise under the same controller is in distress.",
            "同一实际控制人其他企业信用状况正常。",
        ),
        high=Phrase(
            "An enterprise under the same controller is in distress.",
            "同一实际控制人其他企业已出现逾期或违约，关注风险传染。",
        ),
    ),
    Feature(
        name="guarantee_circle_size_now",
        family="connected parties",
        unit="count",
        title=Phrase("Others on the guarantee circle", "担保圈其他企业数量"),
        definition=f"Number of {ON_ONE_CIRCLE_WORDS}.",
        recipe=Tied(Fellows(ON_ONE_CIRCLE)),
        direction=1,
        direction_reason="On a circle of guarantees each stands for all, and all fall by one.",
        missing=Phrase("Never: 0 where there is no circle.", "不会缺失：不在担保圈时为0。"),
        low=Phrase("It stands on no circle of guarantees.", "未处于担保圈。"),
        high=Phrase(
            "It stands on a circle of guarantees with others.",
            "处于担保圈（含多家连环担保），关注连锁代偿风险。",
        ),
    ),
    Feature(
        name="guarantee_circle_distressed_now",
        family="connected parties",
        unit="count",
        title=Phrase("Distressed on the guarantee circle", "担保圈困境企业数量"),
        definition=f"Number of {ON_ONE_CIRCLE_WORDS}, and that, {DISTRESSED_WORDS}.",
        recipe=Tied(Fellows(ON_ONE_CIRCLE, DISTRESSED)),
        direction=1,
        direction_reason="The guarantees of a failing member come round to all others.",
        missing=Phrase("Never: 0 where none is.", "不会缺失：担保圈内无困境企业时为0。"),
        low=Phrase(
            "No other on its guarantee circle is in distress.", "担保圈内企业信用状况正常。"
        ),
        high=Phrase(
            "Another on its guarantee circle is in distress.",
            "担保圈内已有企业出现逾期或违约，连锁代偿风险较大。",
        ),
    ),
)
