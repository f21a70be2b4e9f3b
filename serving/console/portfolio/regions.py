"""Regions as the registry codes them (GB/T 2260): the first two digits are the province."""

from features.feature import Phrase

_PROVINCES = {
    "11": Phrase("Beijing", "北京"),
    "12": Phrase("Tianjin", "天津"),
    "13": Phrase("Hebei", "河北"),
    "14": Phrase("Shanxi", "山西"),
    "15": Phrase("Inner Mongolia", "内蒙古"),
    "21": Phrase("Liaoning", "辽宁"),
    "22": Phrase("Jilin", "吉林"),
    "23": Phrase("Heilongjiang", "黑龙江"),
    "31": Phrase("Shanghai", "上海"),
    "32": Phrase("Jiangsu", "江苏"),
    "33": Phrase("Zhejiang", "浙江"),
    "34": Phrase("Anhui", "安徽"),
    "35": Phrase("Fujian", "福建"),
    "36": Phrase("Jiangxi", "江西"),
    "37": Phrase("Shandong", "山东"),
    "41": Phrase("Henan", "河南"),
    "42": Phrase("Hubei", "湖北"),
    "43": Phrase("Hunan", "湖南"),
    "44": Phrase("Guangdong", "广东"),
    "45": Phrase("Guangxi", "广西"),
    "46": Phrase("Hainan", "海南"),
    "50": Phrase("Chongqing", "重庆"),
    "51": Phrase("Sichuan", "四川"),
    "52": Phrase("Guizhou", "贵州"),
    "53": Phrase("Yunnan", "云南"),
    "54": Phrase("Tibet", "西藏"),
    "61": Phrase("Shaanxi", "陕西"),
    "62": Phrase("Gansu", "甘肃"),
    "63": Phrase("Qinghai", "青海"),
    "64": Phrase("Ningxia", "宁夏"),
    "65": Phrase("Xinjiang", "新疆"),
}
_ELSEWHERE = Phrase("", "")


def province_of(code: str) -> Phrase:
    """The province of a region's code; empty for one that is not known.

    Examples
    --------
    >>> province_of("350200").en
    'Fujian'
    """
    return _PROVINCES.get(code[:2], _ELSEWHERE)
