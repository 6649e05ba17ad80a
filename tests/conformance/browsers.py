"""A hundred and more User-Agents of shoppers: browsers as they write themselves, pages inside apps, odd telephones."""

_CHROME = "Mozilla/5.0 ({on}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36{more}"
_PHONE = "Mozilla/5.0 (Linux; Android 10; {on}) AppleWebKit/537.36 (KHTML, like Gecko){browser} Chrome/{v}.0.0.0 Mobile Safari/537.36{more}"
_FIREFOX = "Mozilla/5.0 ({on}; rv:{v}.0) Gecko/20100101 Firefox/{v}.0"
_IPHONE = "Mozilla/5.0 ({on}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{v} {mobile}Safari/{build}"
_IN_AN_APP = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F90 {app}"
_WEBVIEW = "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.6478.122 Mobile Safari/537.36 {app}"

_DESKTOPS = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "X11; CrOS x86_64 14541.0.0",
)
_VERSIONS = (120, 124, 128, 130, 131)
_PHONES = ("K", "Pixel 8", "SM-S918B", "CUBOT X20 PRO", "Cubot_Note_S", "Redmi Note 9", "moto g power")

BROWSERS = [
    *[_CHROME.format(on=on, v=v, more=more) for on in _DESKTOPS for v in _VERSIONS for more in ("", f" Edg/{v}.0.0.0")],
    *[_CHROME.format(on=on, v=124, more=" OPR/110.0.0.0") for on in _DESKTOPS],
    *[_CHROME.format(on=_DESKTOPS[0], v=124, more=more) for more in (" YaBrowser/24.4.0.0 Yowser/2.5", " Vivaldi/6.7")],
    *[_PHONE.format(on=on, v=v, browser="", more="") for on in _PHONES for v in (124, 131)],
    *[_PHONE.format(on=on, v=115, browser=" SamsungBrowser/25.0", more="") for on in _PHONES[:3]],
    *[
        _PHONE.format(on=on, v=124, browser="", more=more)
        for on in _PHONES[:3]
        for more in (" EdgA/124.0.0.0", " OPR/82.0.0.0")
    ],
    *[
        _FIREFOX.format(on=on, v=v)
        for on in (*_DESKTOPS[:3], "Android 14; Mobile", "Windows NT 6.1; WOW64")
        for v in (115, 128, 132)
    ],
    *[
        _IPHONE.format(on="Macintosh; Intel Mac OS X 10_15_7", v=v, mobile="", build="605.1.15")
        for v in ("16.6", "17.4.1", "18.0")
    ],
    *[
        _IPHONE.format(on=f"{on} OS {v.replace('.', '_')} like Mac OS X", v=v, mobile="Mobile/15E148 ", build="604.1")
        for on in ("iPhone; CPU iPhone", "iPad; CPU")
        for v in ("15.8", "16.7", "17.5", "18.1")
    ],
    *[
        _IN_AN_APP.format(app=app)
        for app in (
            "Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5_1; de_DE; de; scale=3.00; 1170x2532; 608507438)",
            "[FBAN/FBIOS;FBAV/466.1.0.55.109;FBBV/603001205;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5.1;FBSS/3]",
            "musical_ly_34.9.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/de Region/DE",
            "[LinkedInApp]/9.29.7",
            "[Pinterest/iOS]",
            "MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/en",
            "Snapchat/12.91.0.39 (like Safari/8618.2.12.10.9, panda)",
            "Line/14.8.0",
            "GSA/320.0.637716393 Mobile/15E148 Safari/604.1",
            "DuckDuckGo/7 Safari/605.1.15",
        )
    ],
    *[
        _WEBVIEW.format(app=app)
        for app in ("Instagram 334.0.0.42.95 Android", "[FB_IAB/FB4A;FBAV/468.0.0.61.78;]", "GSA/15.24.28.28.arm64")
    ],
]

NO_BROWSERS = [
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Dart/3.4 (dart:io)",
    "okhttp/4.12.0",
    "MyShop/5.2 (com.example.shop; build:312; iOS 17.5.0) Alamofire/5.9.1",
    "Go-http-client/2.0",
    "axios/1.7.2",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
]
"""Libraries, apps and headless browsers: none of them names itself a crawler."""

CRAWLERS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
]
